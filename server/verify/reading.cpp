// See reading.hpp.
#include "verify/reading.hpp"
#include "json/parse.hpp"
#include <fstream>
#include <stdexcept>

namespace cbmx::service {

std::string read_bounded(const std::string& path, std::size_t most_bytes)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    std::string bytes;
    for (char piece[65536]; file.read(piece, sizeof piece) || file.gcount() > 0;) {
        bytes.append(piece, static_cast<std::size_t>(file.gcount()));
        if (bytes.size() > most_bytes)
            throw std::runtime_error(path + " is larger than " + std::to_string(most_bytes) +
                                     " bytes, the most that is read of such a file");
    }
    if (file.bad())
        throw std::runtime_error("cannot read " + path);
    return bytes;
}

std::optional<nlohmann::json> strict_json(std::string_view text, std::size_t most_values)
{
    auto value = json::parse(text, most_values);
    // What is not in normal form would come out of the reader in it, and then be another text than the one that is shown.
    if (!value || *value != nlohmann::json::parse(text))
        return std::nullopt;
    return std::move(*value);
}

}  // namespace cbmx::service
