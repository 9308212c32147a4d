// Client certificates of the development CA, and requests over the portal's certificate listener.
#pragma once
#include "base/possession.hpp"
#include "support/certificates.hpp"
#include "support/paths.hpp"
#include "support/portal.hpp"
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace cbmx::test {

inline void make_certificates(const std::string& command, const std::string& name)
{
    const auto call = test::source_directory() + "/certs/make-dev-certs.sh " + command + " " + development_certificates().string() + " " +
                      name + " > /dev/null 2>&1";
    if (std::system(call.c_str()) != 0)
        throw std::runtime_error("make-dev-certs.sh " + command + " failed");
}

// By its authority, in the list that the portal reads at its next reload.
inline void revoke_certificate(const std::string& name) { make_certificates("revoke", name); }

inline std::string file_of_certificate(const std::string& file)
{
    std::ostringstream text;
    text << std::ifstream(development_certificates() / file).rdbuf();
    return text.str();
}

inline std::string certificate_pem(const std::string& name)
{
    make_certificates("client", name);
    return file_of_certificate(name + ".crt");
}

// With its key, as its holder has it.
inline HeldCertificate held_certificate(const std::string& name)
{
    auto pem = certificate_pem(name);
    return {std::move(pem), PrivateKey(file_of_certificate(name + ".key"))};
}

// By the operator at the machine; gives the credential.
inline std::string register_certificate(TestPortal& portal, const Who& who, const std::string& name)
{
    return portal
        .operate(
            {{"command", "credential certificate"}, {"account", portal.account_of(who)}, {"pem", certificate_pem(name)}, {"label", ""}})
        .at("id")
        .get<std::string>();
}

inline RawOptions with_certificate(TestPortal& portal, const std::string& name)
{
    certificate_pem(name);
    const auto& directory = development_certificates();
    return {.port = portal.app().mtls_port(),
            .ca_file = directory / "ca.crt",
            .certificate_file = directory / (name + ".crt"),
            .key_file = directory / (name + ".key")};
}

inline std::string get_request(const std::string& path, const std::string& token = "")
{
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
}

inline RawResponse over_mtls(TestPortal& portal, const std::string& name, const std::string& path = "/v1/me", const std::string& token = "")
{
    RawClient client(with_certificate(portal, name));
    return client.exchange(get_request(path, token)).value_or(RawResponse{});
}

inline RawResponse post_over_mtls(TestPortal& portal, const std::string& name, const std::string& path)
{
    RawClient client(with_certificate(portal, name));
    return client.exchange("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nIf-Match: \"1-\"\r\nContent-Length: 0\r\n\r\n")
        .value_or(RawResponse{});
}

}  // namespace cbmx::test
