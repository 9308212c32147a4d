// Text rules over ICU's character data: normal form, invisible characters, language tags and web addresses.
// The formats of the schema files (formats.cpp) are built from these.
#include "json/text.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <stdexcept>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <vector>

namespace cbmx::json {

namespace {

constexpr std::size_t max_host_label_bytes = 63;  // RFC 1035
constexpr unsigned max_port = 65'535;
constexpr int max_combining_marks = 30;  // in a row, UAX #15

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Calls use(code point) until it returns false; false also for text that is not UTF-8.
template <class Use>
bool every_code_point(std::string_view text, Use use)
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int64_t>(text.size());
    std::int64_t at = 0;
    while (at < size) {
        UChar32 point = 0;
        U8_NEXT(bytes, at, size, point);
        if (point < 0 || !use(point))
            return false;
    }
    return true;
}

// Default_Ignorable covers what has no width of its own: zero-width space and joiners, word joiner, BOM, soft hyphen,
// variation selectors, Hangul fillers, tag characters. Two names that differ only in these look the same.
bool is_forbidden(UChar32 point)
{
    if (point >= 0x20 && point < 0x7F)
        return false;
    const auto type = u_charType(point);
    if (type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR)
        return true;
    const bool interlinear_annotation = point >= 0xFFF9 && point <= 0xFFFB;
    return interlinear_annotation || U_IS_UNICODE_NONCHAR(point) || u_hasBinaryProperty(point, UCHAR_BIDI_CONTROL) ||
           u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (std::size_t from = 0;;) {
        const auto to = text.find(separator, from);
        parts.push_back(text.substr(from, to == std::string_view::npos ? to : to - from));
        if (to == std::string_view::npos)
            return parts;
        from = to + 1;
    }
}

bool all_of(std::string_view text, bool (*check)(char)) { return std::all_of(text.begin(), text.end(), check); }

// The grammar of RFC 5646 section 2.1, one function per rule, over the subtags between hyphens.
class LanguageTag {
public:
    explicit LanguageTag(std::string_view text) : subtags_(split(text, '-')) {}

    bool is_well_formed()
    {
        for (const auto subtag : subtags_)
            if (subtag.empty() || subtag.size() > max_subtag || !all_of(subtag, is_alnum))
                return false;
        if (private_use())
            return at_ == subtags_.size();
        if (!language())
            return false;
        script();
        region();
        while (variant()) {
        }
        while (extension()) {
        }
        private_use();
        return at_ == subtags_.size();
    }

private:
    static constexpr std::size_t max_subtag = 8;

    std::string_view now() const { return at_ < subtags_.size() ? subtags_[at_] : std::string_view{}; }
    bool is(std::size_t least, std::size_t most, bool (*check)(char)) const
    {
        return now().size() >= least && now().size() <= most && all_of(now(), check);
    }
    bool take(bool fits)
    {
        at_ += fits ? 1 : 0;
        return fits;
    }
    bool language()
    {
        const bool may_be_extended = now().size() <= 3;
        if (!take(is(2, 8, is_alpha)))
            return false;
        for (int extlang = 0; may_be_extended && extlang < 3 && take(is(3, 3, is_alpha)); ++extlang) {
        }
        return true;
    }
    bool script() { return take(is(4, 4, is_alpha)); }
    bool region() { return take(is(2, 2, is_alpha) || is(3, 3, is_digit)); }
    bool variant() { return take(is(5, 8, is_alnum) || (is(4, 4, is_alnum) && is_digit(now().front()))); }
    bool extension()
    {
        if (now().size() != 1 || base::to_lower(now().front()) == 'x')
            return false;
        return followed_by_subtags(2);
    }
    bool private_use() { return now().size() == 1 && base::to_lower(now().front()) == 'x' && followed_by_subtags(1); }
    bool followed_by_subtags(std::size_t least)
    {
        const auto singleton = at_++;
        while (take(is(least, max_subtag, is_alnum))) {
        }
        if (at_ > singleton + 1)
            return true;
        at_ = singleton;
        return false;
    }

    std::vector<std::string_view> subtags_;
    std::size_t at_ = 0;
};

bool is_host_name(std::string_view host)
{
    const auto labels = split(host, '.');
    return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
        return !label.empty() && label.size() <= max_host_label_bytes && label.front() != '-' && label.back() != '-' &&
               all_of(label, [](char c) { return is_alnum(c) || c == '-'; });
    });
}

bool is_port(std::string_view text) { return base::whole_number<unsigned>(text, 1, max_port).has_value(); }

bool is_authority(std::string_view authority)
{
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos)
            return false;
        const auto address = authority.substr(1, end - 1);
        const auto rest = authority.substr(end + 1);
        return address.find(':') != std::string_view::npos && all_of(address, [](char c) { return is_hex(c) || c == ':' || c == '.'; }) &&
               (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
    }
    const auto colon = authority.find(':');
    if (colon == std::string_view::npos)
        return is_host_name(authority);
    return is_host_name(authority.substr(0, colon)) && is_port(authority.substr(colon + 1));
}

// What RFC 3986 allows after the authority; everything else has to be percent-encoded.
bool is_path_query_fragment(std::string_view text)
{
    static constexpr std::string_view allowed = "-._~:/?@!$&'()*+,;=";
    bool fragment = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '#') {
            if (fragment)
                return false;
            fragment = true;
        } else if (c == '%') {
            if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
                return false;
        } else if (!is_alnum(c) && allowed.find(c) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool is_utf8(std::string_view text)
{
    return is_ascii(text) || every_code_point(text, [](UChar32) { return true; });
}

// The class of a character's decomposition counts: that is what the normaliser has to sort.
bool is_stream_safe(std::string_view text)
{
    int marks = 0;
    return is_ascii(text) || every_code_point(text, [&marks](UChar32 point) {
               const bool mark = point >= 0x300 && u_getIntPropertyValue(point, UCHAR_LEAD_CANONICAL_COMBINING_CLASS) != 0;
               marks = mark ? marks + 1 : 0;
               return marks <= max_combining_marks;
           });
}

std::string to_nfc(std::string_view text)
{
    if (is_ascii(text))
        return std::string(text);
    auto status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal, static_cast<std::int32_t>(text.size()));
    if (U_SUCCESS(status))
        nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("ICU cannot normalise: ") + u_errorName(status));
    return normal;
}

std::string folded(std::string_view text)
{
    auto status = U_ZERO_ERROR;
    const auto* decomposition = icu::Normalizer2::getNFKDInstance(status);
    icu::UnicodeString decomposed;
    if (U_SUCCESS(status))
        decomposition->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))),
                                 decomposed, status);
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("ICU cannot normalise: ") + u_errorName(status));
    decomposed.foldCase();
    icu::UnicodeString plain;
    for (std::int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1))
        if (const auto point = decomposed.char32At(i); u_charType(point) != U_NON_SPACING_MARK)
            plain.append(point);
    std::string utf8;
    return plain.toUTF8String(utf8);
}

bool has_forbidden_name_character(std::string_view text)
{
    return !every_code_point(text, [](UChar32 point) { return !is_forbidden(point); });
}

bool has_forbidden_text_character(std::string_view text)
{
    return !every_code_point(text, [](UChar32 point) { return point == '\n' || point == '\r' || point == '\t' || !is_forbidden(point); });
}

// The irregular tags of before 2006 ("i-klingon") are left out: they are deprecated and would need a table.
bool is_language_tag(std::string_view text) { return LanguageTag(text).is_well_formed(); }

bool is_https_url(std::string_view text)
{
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos)
        return false;
    const auto scheme = base::to_lower(text.substr(0, scheme_end));
    if (scheme != "https" && scheme != "http")
        return false;
    const auto rest = text.substr(scheme_end + 3);
    const auto authority_size = std::min(rest.find_first_of("/?#"), rest.size());
    return is_authority(rest.substr(0, authority_size)) && is_path_query_fragment(rest.substr(authority_size));
}

}  // namespace cbmx::json
