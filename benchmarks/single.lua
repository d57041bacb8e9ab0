-- wrk script: look up a random unit. PEER_BASE and PEER_COUNT say which numbers there are; STATS names the result file.
local base, count = tonumber(os.getenv("PEER_BASE")), tonumber(os.getenv("PEER_COUNT"))
local file = assert(io.open(os.getenv("PEER_REQUEST")))
local before, after = file:read("*a"):match("^(.*)@NUMBER@(.*)$")
file:close()

wrk.method = "POST"
wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
wrk.headers["SOAPAction"] = '"http://kaysis.gov.tr/DETSISNoKurumBirimWs"'

function init()
  math.randomseed(os.time())
end

function request()
  return wrk.format(nil, nil, nil, before .. string.format("%d", base + math.random(0, count - 1)) .. after)
end

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local out = assert(io.open(os.getenv("STATS"), "w"))
  out:write(string.format('{"rate": %f, "p50": %f, "p99": %f, "bad": %d}', summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, bad))
  out:close()
end
