-- For wrk: requests of random members of a crowd.
-- Arguments: method, path, body, pattern, file with one "token source destination" a line.
-- {source}, {destination} and {amount} are filled in; with the pattern "hot" all pay the first.
local threads = 0
function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

local members = {}
local method, path, body, pattern
local random = math.random

function init(args)
   math.randomseed(os.time() * 7 + number * 7919)
   method, path, body, pattern = args[1], args[2], args[3], args[4]
   for line in io.lines(args[5]) do
      local token, source, destination = line:match("(%S+) (%S+) (%S+)")
      members[#members + 1] = { token = token, source = source, destination = destination }
   end
end

function request()
   local first = pattern == "hot" and 2 or 1
   local payer = random(first, #members)
   local payee = 1
   if pattern ~= "hot" then
      payee = 1 + (payer - 1 + random(1, #members - 1)) % #members
   end
   local fields = {
      source = members[payer].source,
      destination = members[payee].destination,
      amount = string.format("%d.%02d", random(1, 9), random(0, 99)),
   }
   local headers = { ["Authorization"] = "Bearer " .. members[payer].token }
   local text = nil
   if method == "POST" then
      text = body:gsub("{(%w+)}", fields)
      headers["Content-Type"] = "application/json"
      headers["Idempotency-Key"] = string.format(
         "%08x-%08x-%08x", random(0, 2147483647), random(0, 2147483647), random(0, 2147483647))
   end
   return wrk.format(method, (path:gsub("{(%w+)}", fields)), headers, text)
end

function done(summary, latency, requests)
   local bad = summary.errors.status + summary.errors.connect + summary.errors.read
      + summary.errors.write + summary.errors.timeout
   io.write(string.format("RESULT %d %f %d %f %f\n", summary.requests, summary.duration / 1e6,
      bad, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
