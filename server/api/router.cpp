// Patterns are split and sorted by one of their words, once; those of one word are few and walked through.
#include "api/router.hpp"
#include <unordered_map>

namespace cbmx::api {
namespace {

struct Pattern {
    const Route* route;
    std::vector<std::string_view> segments;
    bool takes_rest;  // ends in "{name*}"
};

std::vector<std::string_view> split(std::string_view path)
{
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    while (true) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos)
            return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

// By the most distinctive word: "reports" of "/v1/reports/{id}", "docs" of "/docs/{page}".
using Patterns = std::unordered_map<std::string_view, std::vector<Pattern>>;
const Patterns& patterns()
{
    static const Patterns compiled = [] {
        Patterns table;
        for (const auto& route : routes()) {
            auto segments = split(route.path);
            const auto word = segments.size() > 1 && !is_parameter(segments[1]) ? segments[1] : segments[0];
            table[word].push_back({&route, std::move(segments), route.path.ends_with("*}")});
        }
        return table;
    }();
    return compiled;
}

std::string_view name_in(std::string_view segment) { return segment.substr(1, segment.size() - 2); }

// Whether it is worth looking closer: nothing is made for the many patterns that are of other paths.
bool may_match(const Pattern& pattern, const std::vector<std::string>& path)
{
    const auto size = pattern.segments.size();
    if (pattern.takes_rest ? path.size() < size : path.size() != size)
        return false;
    for (std::size_t i = size - (pattern.takes_rest ? 1 : 0); i-- > 0;)  // the last ones differ most
        if (!is_parameter(pattern.segments[i]) && pattern.segments[i] != path[i])
            return false;
    return true;
}

// Fills parameters; literal counts the segments that matched word for word.
bool matches(const Pattern& pattern, const std::vector<std::string>& path, std::map<std::string, std::string, std::less<>>& parameters,
             std::size_t& literal)
{
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
        const auto segment = pattern.segments[i];
        if (segment.ends_with("*}")) {
            std::string rest;
            for (std::size_t k = i; k < path.size(); ++k)
                rest += (k > i ? "/" : "") + path[k];
            parameters[std::string(segment.substr(1, segment.size() - 3))] = rest;
            return path.size() > i;
        }
        if (i >= path.size())
            return false;
        if (segment.starts_with('{') && path[i].empty())
            return false;
        if (segment.starts_with('{'))
            parameters[std::string(name_in(segment))] = path[i];
        else if (segment == path[i])
            ++literal;
        else
            return false;
    }
    return pattern.segments.size() == path.size();
}

}  // namespace

std::string_view name_of(Method method)
{
    switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::patch: return "PATCH";
    case Method::remove: return "DELETE";
    }
    return {};
}

Match find_route(std::string_view method, const std::vector<std::string>& segments)
{
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    static const std::vector<std::string> root{""};
    const auto& path = segments.empty() ? root : segments;
    Match best;
    std::size_t best_literal = 0;
    std::string allow;
    const auto look_among = [&](const std::string& word) {
        const auto found = patterns().find(word);
        if (found == patterns().end())
            return;
        for (const auto& pattern : found->second) {
            if (!may_match(pattern, path))
                continue;
            std::map<std::string, std::string, std::less<>> parameters;
            std::size_t literal = 0;
            if (!matches(pattern, path, parameters, literal))
                continue;
            const auto name = name_of(pattern.route->method);
            if (allow.find(name) == std::string::npos)
                allow += (allow.empty() ? "" : ", ") + std::string(name) + (name == "GET" ? ", HEAD" : "");
            // "/v1/credentials/renew" goes before "/v1/credentials/{id}": the most literal pattern decides.
            if (name == wanted && (best.route == nullptr || literal > best_literal)) {
                best.route = pattern.route;
                best.path_parameters = std::move(parameters);
                best_literal = literal;
            }
        }
    };
    look_among(path[0]);
    if (path.size() > 1 && path[1] != path[0])
        look_among(path[1]);
    best.allow = std::move(allow);
    return best;
}

}  // namespace cbmx::api
