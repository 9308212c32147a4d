-- Publishes reports that wait for approval, each once: one line of the file is an id and the approver's token. Submitted once and not
-- changed since, each is at the second version of its draft.
-- Arguments: the file, the line to begin at, milliseconds that a connection waits between two requests.
local lines, at, pause = {}, 1, 0

function init(arguments)
   for line in io.lines(arguments[1]) do lines[#lines + 1] = line end
   at, pause = tonumber(arguments[2]), tonumber(arguments[3] or "0")
end

function delay() return pause end

function request()
   local line = lines[at]
   if not line then wrk.thread:stop() return nil end
   at = at + 1
   local id, token = line:match("(%S+) (%S+)")
   return wrk.format("POST", "/v1/reports/" .. id .. "/publish", { ["Host"] = wrk.headers["Host"], ["Authorization"] = "Bearer " .. token, ["If-Match"] = '"d2-"' })
end
