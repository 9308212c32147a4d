// Bytes to requests: the head's rules and the framing of bodies, read whole and byte by byte with the same outcome. The
// first byte sets the body's limit. See server/http/framing.hpp.
#include "fuzz/target.hpp"
#include "http/framing.hpp"
#include <string>

using namespace cbmx::http;
using cbmx::fuzz::must;

namespace {

constexpr std::uint64_t body_limit_step = 64;  // bytes

struct Read {
    std::string outcome, body, rest;
    bool operator==(const Read&) const = default;
};

std::string shown(const RequestReader& reader)
{
    const Head head = reader.head({});
    std::string text = head.method + " " + head.target;
    for (const auto& field : head.fields)
        text += "\n" + field.name + ": " + field.value;
    return text;
}

// One request out of the text, which comes in pieces of this many bytes.
Read read_one(const Hosts& hosts, std::string_view text, std::size_t piece, std::uint64_t body_limit)
{
    RequestReader reader(hosts, 8443);
    std::string input;
    bool has_head = false;
    Parsed parsed = Parsed::need_more;
    while (!text.empty() && parsed != Parsed::refused) {
        const auto part = text.substr(0, piece);
        text.remove_prefix(part.size());
        input += part;
        if (!has_head) {
            parsed = reader.read_head(input);
            if (parsed != Parsed::complete)
                continue;
            has_head = true;
            parsed = reader.limit_body(body_limit);
            if (parsed == Parsed::refused || !reader.has_body())
                break;
        }
        parsed = reader.read_body(input);
        if (parsed == Parsed::complete)
            break;
    }
    if (parsed == Parsed::refused)
        return {"refused: " + std::string(reader.violation().reason), {}, {}};
    if (parsed == Parsed::need_more)
        return {"needs more", {}, {}};
    const auto body = reader.take_body().take();
    must(body.size() <= body_limit, "no body is longer than its limit");
    must(!reader.content_length() || body.size() == *reader.content_length(), "a body is as long as its Content-Length");
    return {shown(reader), body, input + std::string(text)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    static const Hosts hosts({"localhost"});
    const auto [choice, text] = cbmx::fuzz::chosen(bytes, size);
    const auto limit = choice * body_limit_step;
    const auto whole = read_one(hosts, text, text.size(), limit);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
        const auto slowly = read_one(hosts, text, piece, limit);
        must(slowly == whole, "how the bytes arrive changes nothing", whole.outcome + "\n-- or --\n" + slowly.outcome);
    }
    return 0;
}
