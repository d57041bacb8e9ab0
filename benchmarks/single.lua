-- wrk script: look up a random unit. PEER_BASE and PEER_COUNT say which numbers there are, PEER_REQUEST the request with
-- @NUMBER@.
local post = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "post.lua")
local base, count = tonumber(os.getenv("PEER_BASE")), tonumber(os.getenv("PEER_COUNT"))
local parts = post.request("^(.*)@NUMBER@(.*)$")
local before, after = parts[1], parts[2]
post.to("http://kaysis.gov.tr/DETSISNoKurumBirimWs")

function request()
  return wrk.format(nil, nil, nil, before .. string.format("%d", base + math.random(0, count - 1)) .. after)
end
