-- wrk script: may a random manager sign for a unit. PEER_QUESTIONS names a file with a question a line (code, unit, time,
-- apart by blanks), PEER_REQUEST the request with @CODE@, @UNIT@ and @AT@.
local post = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "post.lua")
local questions = {}
for line in io.lines(os.getenv("PEER_QUESTIONS")) do
  local code, unit, at = line:match("^(%S+) (%S+) (%S+)$")
  questions[#questions + 1] = {code, unit, at}
end
local parts = post.request("^(.*)@CODE@(.*)@UNIT@(.*)@AT@(.*)$")
local one, two, three, four = parts[1], parts[2], parts[3], parts[4]
post.to("urn:eyazisma-hub:yetki:1/ImzaYetkisiSorgula")

function request()
  local asked = questions[math.random(#questions)]
  return wrk.format(nil, nil, nil, one .. asked[1] .. two .. asked[2] .. three .. asked[3] .. four)
end
