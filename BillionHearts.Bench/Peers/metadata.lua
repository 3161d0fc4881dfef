-- The calls of PeerBench and RowsBench, made by wrk. Arguments: post and the body, or get and a file of paths, from which each request takes one at random.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local call, body
local paths = {}

function init(args)
  call = args[1]
  if call == "post" then
    body = args[2]
  else
    for path in io.lines(args[2]) do paths[#paths + 1] = path end
    math.randomseed(os.time())
  end
end

function request()
  if call == "post" then
    return wrk.format("POST", "/images/", { ["Content-Type"] = "application/json", ["Connection"] = "keep-alive" }, body)
  end
  return wrk.format("GET", paths[math.random(#paths)])
end
