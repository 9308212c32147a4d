// See decoded.hpp.
#include "support/decoded.hpp"
#include <array>
#include <brotli/decode.h>
#include <memory>
#include <zlib.h>

namespace cbmx::test {
namespace {

constexpr int gzip_window_bits = 15 + 16;
using Piece = std::array<char, 64 * 1024>;

std::optional<std::string> from_gzip(std::string_view body)
{
    z_stream stream = {};
    if (inflateInit2(&stream, gzip_window_bits) != Z_OK)
        return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    std::string text;
    const auto piece = std::make_unique<Piece>();
    int end = Z_OK;
    while (end == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(piece->data());
        stream.avail_out = static_cast<uInt>(piece->size());
        end = inflate(&stream, Z_NO_FLUSH);
        text.append(piece->data(), piece->size() - stream.avail_out);
    }
    const bool is_whole = end == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return is_whole ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> from_brotli(std::string_view body)
{
    const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
    auto left = body.size();
    const auto* next = reinterpret_cast<const std::uint8_t*>(body.data());
    std::string text;
    const auto piece = std::make_unique<Piece>();
    for (;;) {
        auto room = piece->size();
        auto* out = reinterpret_cast<std::uint8_t*>(piece->data());
        const auto end = BrotliDecoderDecompressStream(state.get(), &left, &next, &room, &out, nullptr);
        text.append(piece->data(), piece->size() - room);
        if (end == BROTLI_DECODER_RESULT_SUCCESS)
            return left == 0 ? std::optional(std::move(text)) : std::nullopt;
        if (end != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
            return std::nullopt;
    }
}

}  // namespace

std::optional<std::string> decoded(std::string_view coding, std::string_view body)
{
    if (coding.empty())
        return std::string(body);
    if (coding == "gzip")
        return from_gzip(body);
    return coding == "br" ? from_brotli(body) : std::nullopt;
}

}  // namespace cbmx::test
