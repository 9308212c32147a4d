// Entry to canonical JSON and back. parse_entry reads in one pass what canonical_entry writes and nothing else: the same
// members in the same order, each value in its one spelling. An entry is read this way millions of times in one verify.
#include "ledger/entry.hpp"
#include "json/parse.hpp"
#include "json/text.hpp"
#include "ledger/quoted.hpp"
#include <charconv>

namespace cbmx::ledger {
namespace {

constexpr int entry_format = 1;

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t hash_digits = 43;  // of a hash in base64, before the one sign of padding
constexpr std::int8_t no_digit = -1;

constexpr auto base64_digits = [] {
    std::array<std::int8_t, 256> digits{};
    digits.fill(no_digit);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        digits[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int8_t>(i);
    return digits;
}();

// What stands between the quotes of a string: nothing of it is secret, so that a table may be looked into.
bool hash_from(std::string_view text, base::Hash& hash)
{
    if (text.size() != hash_digits + 1 || text.back() != '=')
        return false;
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t at = 0;
    for (const char c : text.substr(0, hash_digits)) {
        const auto digit = base64_digits[static_cast<unsigned char>(c)];
        if (digit == no_digit)
            return false;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            hash[at++] = static_cast<std::uint8_t>(bits >> count);
        }
    }
    return (bits & ((1U << count) - 1)) == 0;
}

// Each function reads one thing at the present place and goes behind it; false: something else stands there.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }

    bool literal(std::string_view text)
    {
        if (!rest_.starts_with(text))
            return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    bool integer(std::int64_t& value)
    {
        const auto digits = rest_.substr(rest_.starts_with('-') ? 1 : 0);
        const bool is_zero = digits.starts_with('0');
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        const auto length = static_cast<std::size_t>(end - rest_.data());
        if (error != std::errc{} || (is_zero && length != 1) || value < -json::max_integer || value > json::max_integer)
            return false;
        rest_.remove_prefix(length);
        return true;
    }

    bool hash(base::Hash& value)
    {
        const auto quoted = rest_.substr(0, hash_digits + 3);
        if (quoted.size() != hash_digits + 3 || quoted.front() != '"' || quoted.back() != '"' ||
            !hash_from(quoted.substr(1, hash_digits + 1), value))
            return false;
        rest_.remove_prefix(quoted.size());
        return true;
    }

    // As json::canonical writes it: escapes where JSON asks for them and in their shortest form, in normal form.
    bool string(std::string& value)
    {
        if (!literal("\""))
            return false;
        value.clear();
        bool is_ascii = true;
        for (;;) {
            std::size_t plain = 0;
            while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
                   static_cast<unsigned char>(rest_[plain]) >= 0x20) {
                is_ascii = is_ascii && static_cast<unsigned char>(rest_[plain]) < 0x80;
                ++plain;
            }
            value.append(rest_.substr(0, plain));
            rest_.remove_prefix(plain);
            if (literal("\""))
                return is_ascii || (json::is_stream_safe(value) && json::to_nfc(value) == value);
            if (!escape(value))
                return false;
        }
    }

private:
    bool escape(std::string& value)
    {
        constexpr std::string_view written = "\"\\bfnrt", meant = "\"\\\b\f\n\r\t", hex = "0123456789abcdef";
        if (!literal("\\") || rest_.empty())
            return false;
        if (const auto shortest = written.find(rest_.front()); shortest != std::string_view::npos) {
            value += meant[shortest];
            rest_.remove_prefix(1);
            return true;
        }
        if (!literal("u00") || rest_.size() < 2 || (rest_[0] != '0' && rest_[0] != '1') || hex.find(rest_[1]) == std::string_view::npos)
            return false;
        const auto c = static_cast<char>((rest_[0] - '0') * 16 + static_cast<char>(hex.find(rest_[1])));
        if (c == '\0' || meant.find(c) != std::string_view::npos)
            return false;
        value += c;
        rest_.remove_prefix(2);
        return true;
    }

    std::string_view rest_;
};

// In the order of json::canonical: that of the names.
bool read(Reader& text, Entry& entry)
{
    std::int64_t format = 0;
    return text.literal("{\"actor\":{\"handle\":") && (text.literal("null") || text.hash(entry.actor_handle.emplace())) &&
           text.literal(",\"role\":") && text.string(entry.actor_role) && text.literal("},\"at\":") && text.string(entry.at) &&
           (!text.literal(",\"audience\":{\"label\":") || (text.string(entry.label.emplace()) && text.literal(",\"recipients\":") &&
                                                           text.hash(entry.recipients.emplace()) && text.literal("}"))) &&
           (!text.literal(",\"authority\":") || text.hash(entry.authority.emplace())) && text.literal(",\"commitment\":") &&
           text.hash(entry.commitment) && (!text.literal(",\"hands\":") || text.hash(entry.hands.emplace())) &&
           text.literal(",\"kind\":") && text.string(entry.kind) &&
           (!text.literal(",\"office\":") || text.string(entry.office.emplace())) &&
           (!text.literal(",\"revision\":") || text.integer(entry.revision.emplace())) && text.literal(",\"seq\":") &&
           text.integer(entry.seq) && text.literal(",\"state\":") && (text.literal("null") || text.string(entry.state.emplace())) &&
           (!text.literal(",\"statement\":") || text.hash(entry.statement.emplace())) && text.literal(",\"subject\":{\"id\":") &&
           text.string(entry.subject) && text.literal(",\"kind\":") && text.string(entry.subject_kind) && text.literal("},\"v\":") &&
           text.integer(format) && format == entry_format && text.literal(",\"version\":") && text.integer(entry.version) &&
           text.literal("}") && text.at_end();
}

std::string number(std::int64_t value) { return json::canonical(value); }  // throws when it is outside what JSON carries

}  // namespace

std::string canonical_entry(const Entry& entry)
{
    std::string text = R"({"actor":{"handle":)" + (entry.actor_handle ? quoted(base::base64(*entry.actor_handle)) : "null");
    const auto add = [&text](std::string_view before, const std::string& value) { text.append(before).append(value); };
    add(R"(,"role":)", quoted(entry.actor_role));
    add(R"(},"at":)", quoted(entry.at));
    if (entry.label && entry.recipients) {
        add(R"(,"audience":{"label":)", quoted(*entry.label));
        add(R"(,"recipients":)", quoted(base::base64(*entry.recipients)) + "}");
    }
    if (entry.authority)
        add(R"(,"authority":)", quoted(base::base64(*entry.authority)));
    add(R"(,"commitment":)", quoted(base::base64(entry.commitment)));
    if (entry.hands)
        add(R"(,"hands":)", quoted(base::base64(*entry.hands)));
    add(R"(,"kind":)", quoted(entry.kind));
    if (entry.office)
        add(R"(,"office":)", quoted(*entry.office));
    if (entry.revision)
        add(R"(,"revision":)", number(*entry.revision));
    add(R"(,"seq":)", number(entry.seq));
    add(R"(,"state":)", entry.state ? quoted(*entry.state) : "null");
    if (entry.statement)
        add(R"(,"statement":)", quoted(base::base64(*entry.statement)));
    add(R"(,"subject":{"id":)", quoted(entry.subject));
    add(R"(,"kind":)", quoted(entry.subject_kind));
    add(R"(},"v":)", number(entry_format));
    add(R"(,"version":)", number(entry.version));
    return text + "}";
}

std::optional<Entry> parse_entry(std::string_view canonical_text)
{
    std::optional<Entry> entry(std::in_place);
    Reader text(canonical_text);
    if (!read(text, *entry))
        entry.reset();
    return entry;
}

}  // namespace cbmx::ledger
