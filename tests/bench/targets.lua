-- Asks for the targets of a file, one a line, in their order and again from the start. Argument: the file.
local targets, at = {}, 0

function init(arguments)
   for line in io.lines(arguments[1]) do targets[#targets + 1] = line end
end

function request()
   at = at % #targets + 1
   return wrk.format("GET", targets[at])
end
