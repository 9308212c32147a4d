// See compression.hpp.
#include "base/compression.hpp"
#include <brotli/encode.h>
#include <limits>
#include <stdexcept>
#include <zlib.h>

namespace cbmx::base {
namespace {

constexpr int gzip_level = 6, gzip_quick_level = 1, brotli_quality = 5, brotli_quick_quality = 1;
constexpr int gzip_window_bits = 15 + 16;  // the largest window; 16: in gzip's frame
constexpr int gzip_memory_level = 8;

bool is_long(std::string_view text) { return text.size() > quick_from_bytes; }

std::string gzip(std::string_view text)
{
    if (text.size() > std::numeric_limits<uInt>::max())
        throw std::length_error("a text is too long to be compressed at once");
    z_stream stream = {};
    if (deflateInit2(&stream, is_long(text) ? gzip_quick_level : gzip_level, Z_DEFLATED, gzip_window_bits, gzip_memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib cannot begin");
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib reads it alone
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int end = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (end != Z_STREAM_END)
        throw std::runtime_error("zlib cannot compress");
    return out;
}

std::string brotli(std::string_view text)
{
    std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
    std::string out(size, '\0');
    if (BrotliEncoderCompress(is_long(text) ? brotli_quick_quality : brotli_quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                              reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                              reinterpret_cast<std::uint8_t*>(out.data())) != BROTLI_TRUE)
        throw std::runtime_error("brotli cannot compress");
    out.resize(size);
    return out;
}

}  // namespace

std::string_view name_of(Coding coding)
{
    switch (coding) {
    case Coding::identity: return "identity";
    case Coding::gzip: return "gzip";
    case Coding::br: return "br";
    }
    return "identity";
}

std::string compressed(Coding coding, std::string_view text)
{
    switch (coding) {
    case Coding::identity: return std::string(text);
    case Coding::gzip: return gzip(text);
    case Coding::br: return brotli(text);
    }
    return std::string(text);
}

}  // namespace cbmx::base
