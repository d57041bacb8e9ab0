-- wrk script: may a random manager sign for a unit. PEER_QUESTIONS names a file with a question a line (code, unit, time,
-- apart by blanks), PEER_REQUEST the request with @CODE@, @UNIT@ and @AT@; STATS names the result file.
local questions = {}
for line in io.lines(os.getenv("PEER_QUESTIONS")) do
  local code, unit, at = line:match("^(%S+) (%S+) (%S+)$")
  questions[#questions + 1] = {code, unit, at}
end
local file = assert(io.open(os.getenv("PEER_REQUEST")))
local one, two, three, four = file:read("*a"):match("^(.*)@CODE@(.*)@UNIT@(.*)@AT@(.*)$")
file:close()

wrk.method = "POST"
wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
wrk.headers["SOAPAction"] = '"urn:eyazisma-hub:yetki:1/ImzaYetkisiSorgula"'

function init()
  math.randomseed(os.time())
end

function request()
  local asked = questions[math.random(#questions)]
  return wrk.format(nil, nil, nil, one .. asked[1] .. two .. asked[2] .. three .. asked[3] .. four)
end

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local out = assert(io.open(os.getenv("STATS"), "w"))
  out:write(string.format('{"rate": %f, "p50": %f, "p99": %f, "bad": %d}', summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, bad))
  out:close()
end
