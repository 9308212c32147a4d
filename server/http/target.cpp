// Request target to path and query, decoded exactly once (rules.md 7, 8). Boost.URL checks the grammar and the
// percent-encoding; the rules about what the decoded text may be stand here.
#include "http/message.hpp"
#include "http/text.hpp"
#include <algorithm>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace cbmx::http {
namespace {

namespace urls = boost::urls;

bool is_clean(std::string_view decoded) { return is_utf8(decoded) && !has_control_character(decoded); }

std::optional<std::string> decode_segment(std::string_view encoded)
{
    std::string segment = urls::pct_string_view(encoded.data(), encoded.size()).decode();
    if (!is_clean(segment) || segment == "." || segment == "..")
        return std::nullopt;
    if (segment.find_first_of("/\\") != std::string::npos)
        return std::nullopt;
    return segment;
}

// A slash at the end leaves an empty last segment, which no route has.
bool decode_path(std::string_view encoded, std::vector<std::string>& path)
{
    if (encoded == "/")
        return true;
    for (std::size_t begin = 1; begin <= encoded.size();) {
        const std::size_t end = std::min(encoded.find('/', begin), encoded.size());
        const bool last = end == encoded.size();
        if (begin == end && !last)
            return false;
        auto segment = decode_segment(encoded.substr(begin, end - begin));
        if (!segment)
            return false;
        path.push_back(std::move(*segment));
        begin = end + 1;
    }
    return true;
}

bool decode_query(const urls::url_view& url, std::vector<std::pair<std::string, std::string>>& query)
{
    if (url.encoded_query().empty())
        return true;
    // What browsers' URLSearchParams, HTML forms and Python's urlencode write: a space as '+', a plus as %2B.
    urls::encoding_opts form_encoding;
    form_encoding.space_as_plus = true;
    for (const auto& parameter : url.encoded_params()) {
        std::string key = parameter.key.decode(form_encoding);
        std::string value = parameter.value.decode(form_encoding);
        if (!is_clean(key) || !is_clean(value))
            return false;
        query.emplace_back(std::move(key), std::move(value));
    }
    return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target)
{
    const auto url = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
    if (!url)
        return std::nullopt;
    Target result;
    const urls::string_view path = url->encoded_path();
    if (!decode_path({path.data(), path.size()}, result.path))
        return std::nullopt;
    if (!decode_query(*url, result.query))
        return std::nullopt;
    return result;
}

}  // namespace cbmx::http
