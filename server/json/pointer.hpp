// JSON Pointer (RFC 6901) as parse.cpp and the schema files write it. Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace cbmx::json {

// "/a" and "b/c" give "/a/b~1c".
inline void append_token(std::string& pointer, std::string_view name)
{
    pointer += '/';
    for (const char c : name) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

inline std::string child_of(std::string pointer, std::string_view name)
{
    append_token(pointer, name);
    return pointer;
}

}  // namespace cbmx::json
