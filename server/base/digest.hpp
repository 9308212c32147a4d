// SHA-256 of bytes that come piece by piece; of bytes at hand: bytes.hpp. One thread at a time.
#pragma once
#include "base/bytes.hpp"
#include <memory>

struct evp_md_ctx_st;

namespace cbmx::base {

class Sha256 {
public:
    Sha256();
    void add(std::string_view bytes);
    Hash end();  // of what was added, and starts again

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    void begin();
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace cbmx::base
