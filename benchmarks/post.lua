-- What the wrk scripts share: a POST to a SOAP operation, the request that it fills in, and the figures of the run.
-- PEER_REQUEST names the request; STATS names the result file.
local post = {}

function post.request(pattern)
  local file = assert(io.open(os.getenv("PEER_REQUEST")))
  local parts = {file:read("*a"):match(pattern)}
  file:close()
  return parts
end

function post.to(action)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
  wrk.headers["SOAPAction"] = '"' .. action .. '"'
end

function init()
  math.randomseed(os.time())
end

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local out = assert(io.open(os.getenv("STATS"), "w"))
  out:write(string.format('{"rate": %f, "p50": %f, "p99": %f, "bad": %d}', summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, bad))
  out:close()
end

return post
