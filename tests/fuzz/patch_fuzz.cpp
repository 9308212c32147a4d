// JSON Merge Patch against RFC 7396 as its section 2 writes it down. The input: the target, a line feed, the patch.
#include "fuzz/target.hpp"
#include "json/parse.hpp"

using cbmx::fuzz::must;
using nlohmann::json;

namespace {

json patched(json target, const json& patch)
{
    if (!patch.is_object())
        return patch;
    if (!target.is_object())
        target = json::object();
    for (const auto& [name, value] : patch.items()) {
        if (value.is_null())
            target.erase(name);
        else
            target[name] = patched(target.contains(name) ? target[name] : json(), value);
    }
    return target;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
        return -1;
    const auto target = cbmx::json::parse(text.substr(0, end)), patch = cbmx::json::parse(text.substr(end + 1));
    if (!target || !patch)
        return -1;
    const auto once = cbmx::json::merge_patch(*target, *patch);
    must(once == patched(*target, *patch), "a merge patch does what RFC 7396 says", once.dump());
    must(cbmx::json::merge_patch(once, *patch) == once, "a patch applied twice is the patch applied once", once.dump());
    return 0;
}
