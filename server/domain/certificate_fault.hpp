// Why the certificate listener would not accept a client certificate, asked before it is registered. Who judges: http/revocation.hpp.
#pragma once
#include "domain/names.hpp"

namespace cbmx::domain {

enum class CertificateFault {
    unknown_authority,  // not issued by an authority whose client certificates the portal accepts
    wrong_purpose,      // not for TLS clients: extendedKeyUsage lacks clientAuth, or keyUsage forbids to sign
    expired,
    not_yet_valid,
    revoked,
    no_current_list,  // its authority's revocation list has ended, or is missing though it is required
    other,            // no certificate, a weak key or signature, a fault of the authority's own certificate ...
};
template <>
struct Names<CertificateFault> {
    static constexpr std::array<std::string_view, 7> text{"unknown_authority", "wrong_purpose",   "expired", "not_yet_valid",
                                                          "revoked",           "no_current_list", "other"};
};

}  // namespace cbmx::domain
