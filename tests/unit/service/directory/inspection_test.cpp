// Keys and files of a nomination, with keys that gpg and OpenSSL make here, in a home of their own. Without gpg these tests fail.
#include "base/bytes.hpp"
#include "base/ending.hpp"
#include "service/directory/inspection.hpp"
#include "service/directory/openpgp.hpp"
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gpgme.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sstream>
#include <thread>

namespace cbmx::service {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::chrono::days a_year{365};
const std::string public_label = "PGP PUBLIC KEY BLOCK";

domain::Instant today() { return domain::system_clock()(); }

json with_keys(const std::string& kind, const std::vector<std::string>& keys)
{
    json list = json::array();
    for (const auto& key : keys)
        list.push_back({{"kind", kind}, {"key", key}});
    return {{"kind", "amendment"}, {"fields", {{"keys", list}}}, {"note", {{"reference", "NV 1"}, {"date", "2026-01-15"}}}};
}

json with_file(const std::string& bytes)
{
    return {{"kind", "removal"},
            {"note", {{"reference", "NV 1"}, {"date", "2026-01-15"}, {"file", {{"name", "note.pdf"}, {"content", base::base64(bytes)}}}}}};
}

// "" when there is no fault, else "pointer rule" of each.
std::string faults(const Inspection& inspection)
{
    std::string list;
    for (const auto& violation : inspection.violations)
        list += (list.empty() ? "" : ", ") + violation.pointer + " " + std::string(name_of(violation.rule));
    return list;
}

std::string fault_of(const std::string& kind, const std::string& key, domain::Instant now = today())
{
    const auto inspection = inspect_keys(with_keys(kind, {key}), now);
    EXPECT_EQ(inspection.keys.empty(), !inspection.violations.empty());
    const auto list = faults(inspection);
    const std::string place = "/fields/keys/0/key ";
    return list.starts_with(place) ? list.substr(place.size()) : list;
}

fs::path new_directory()
{
    auto pattern = (fs::temp_directory_path() / "cbmx-keys-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("mkdtemp");
    return pattern;
}

std::string output_of(const std::string& command)
{
    std::string output;
    auto* pipe = popen(command.c_str(), "r");
    for (int c = 0; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;)
        output += static_cast<char>(c);
    if (pipe == nullptr || pclose(pipe) != 0)
        throw std::runtime_error("failed: " + command);
    return output;
}

// A person's own GnuPG: where keys come from.
class OpenPgp : public ::testing::Test {
protected:
    ~OpenPgp() override
    {
        std::system(("gpgconf --homedir " + home_.string() + " --kill all").c_str());
        // gpg-agent takes its sockets away while it ends: what is gone in between is no error.
        std::error_code error;
        for (int attempts = 0; attempts < 100 && fs::exists(home_, error); ++attempts) {
            fs::remove_all(home_, error);
            if (error)
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    std::string gpg(const std::string& arguments) const
    {
        return output_of("gpg --homedir " + home_.string() + " --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' " +
                         arguments + " 2>/dev/null");
    }
    std::string make(const std::string& name, const std::string& algorithm = "ed25519", const std::string& expires = "never",
                     const std::string& options = "") const
    {
        gpg(options + " --quick-generate-key " + name + "@example.org " + algorithm + " default " + expires);
        return gpg("--armor --export " + name + "@example.org");
    }
    std::string fingerprint(const std::string& name) const
    {
        std::istringstream lines(gpg("--with-colons --list-keys " + name + "@example.org"));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("fpr:::::::::"))
                return line.substr(12, line.size() - 13);
        return {};
    }
    std::string armored(const std::string& shell) const
    {
        return output_of("(" + shell + ") | gpg --homedir " + home_.string() + " --enarmor 2>/dev/null | sed 's/PGP ARMORED FILE/" +
                         public_label + "/'");
    }
    std::string export_of(const std::string& name, const std::string& how = "--export") const
    {
        return "gpg --homedir " + home_.string() + " --batch --pinentry-mode loopback --passphrase '' " + how + " " + name + "@example.org";
    }

    const fs::path home_ = new_directory();
};

TEST_F(OpenPgp, AKeyHasTheFingerprintThatGpgPrints)
{
    for (const auto* algorithm : {"ed25519", "rsa2048"}) {
        const auto key = make(algorithm, algorithm);
        const auto inspection = inspect_keys(with_keys("openpgp", {key}), today());
        ASSERT_EQ(faults(inspection), "") << algorithm;
        ASSERT_EQ(inspection.keys.size(), 1U);
        EXPECT_EQ(inspection.keys.at(key).fingerprint, fingerprint(algorithm));
        EXPECT_EQ(inspection.keys.at(key).fingerprint.size(), 40U);
        EXPECT_EQ(inspection.keys.at(key).expires_at, std::nullopt);
    }
}

TEST_F(OpenPgp, EmptyLinesAroundTheBlockAreNothing)
{
    const auto key = make("a");
    EXPECT_EQ(fault_of("openpgp", "\r\n\n" + key + "\n\n "), "");
    EXPECT_EQ(fault_of("openpgp", "  " + key), "key_unreadable");  // gpg would not find it there
}

TEST_F(OpenPgp, AKeyEndsWhenItExpires)
{
    const auto key = make("a", "ed25519", "20400102T030405");
    const auto inspection = inspect_keys(with_keys("openpgp", {key}), today());
    ASSERT_EQ(faults(inspection), "");
    EXPECT_EQ(inspection.keys.at(key).expires_at, "2040-01-02T03:04:05.000Z");
    EXPECT_EQ(fault_of("openpgp", key, domain::from_rfc3339("2040-01-02T03:04:04.999Z").value()), "");
    EXPECT_EQ(fault_of("openpgp", key, domain::from_rfc3339("2040-01-02T03:04:05.000Z").value()), "key_ended");
}

TEST_F(OpenPgp, AKeyThatExpiredYearsAgoHasEnded)
{
    make("old", "ed25519", "1y", "--faked-system-time 20150101T000000");
    EXPECT_EQ(fault_of("openpgp", gpg("--armor --export old@example.org")), "key_ended");
}

TEST_F(OpenPgp, ARevokedKeyHasEnded)
{
    make("a");
    const auto revocation = (home_ / "openpgp-revocs.d" / (fingerprint("a") + ".rev")).string();
    output_of("sed -i 's/^:-----/-----/' " + revocation);
    gpg("--import " + revocation);
    EXPECT_EQ(fault_of("openpgp", gpg("--armor --export a@example.org")), "key_ended");
    EXPECT_EQ(fault_of("openpgp", output_of("sed -n '/BEGIN/,$p' " + revocation)), "key_unreadable");
}

TEST_F(OpenPgp, TwoKeysAreNotOne)
{
    const auto first = make("a");
    const auto second = make("b");
    EXPECT_EQ(fault_of("openpgp", gpg("--armor --export")), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", first + second), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", first + "and more"), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", "see: " + first), "key_unreadable");
}

TEST_F(OpenPgp, ASecretKeyIsRefusedAlsoWhenItsBlockCallsItselfPublic)
{
    const auto key = make("a");
    const auto secret = output_of(export_of("a", "--armor --export-secret-keys"));
    ASSERT_NE(secret.find("PRIVATE KEY BLOCK"), std::string::npos);
    EXPECT_EQ(fault_of("openpgp", secret), "key_secret");
    EXPECT_EQ(fault_of("smime", secret), "key_secret");
    EXPECT_EQ(fault_of("openpgp", key + secret), "key_secret");
    EXPECT_EQ(fault_of("openpgp", armored(export_of("a", "--export-secret-keys"))), "key_secret");
    EXPECT_EQ(fault_of("openpgp", armored(export_of("a") + ";" + export_of("a", "--export-secret-keys"))), "key_secret");
}

TEST_F(OpenPgp, WhatGpgCannotReadIsNoKey)
{
    const auto key = make("a");
    EXPECT_EQ(fault_of("openpgp", "no key"), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", key.substr(0, key.size() / 2)), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", armored("echo text | gpg --homedir " + home_.string() + " --store")), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", armored("printf ''")), "key_unreadable");
    const auto frame = [](const std::string& inside) {
        return "-----BEGIN " + public_label + "-----\n\n" + inside + "\n-----END " + public_label + "-----\n";
    };
    EXPECT_EQ(fault_of("openpgp", frame("")), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", armored("head -c 48000 /dev/urandom")), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", armored("head -c 48000 /dev/zero")), "key_unreadable");
    EXPECT_EQ(fault_of("openpgp", frame(std::string(65'000, 'm'))), "key_unreadable");
}

TEST_F(OpenPgp, AChangedByteMakesTheKeyUnreadable)
{
    make("a");
    for (const int place : {0, 1, 20, 50, 60, 90, 140, 200}) {
        const auto changed = armored(export_of("a") + " | python3 -c 'import sys; b = bytearray(sys.stdin.buffer.read()); b[" +
                                     std::to_string(place) + "] ^= 64; sys.stdout.buffer.write(b)'");
        EXPECT_EQ(fault_of("openpgp", changed), "key_unreadable") << place;
    }
}

TEST_F(OpenPgp, AllFaultsAreToldAtOnce)
{
    auto body = with_keys("openpgp", {make("a"), "no key"});
    body["fields"]["keys"].push_back({{"kind", "smime"}, {"key", "-----BEGIN PRIVATE KEY-----\n"}});
    body["note"]["file"] = {{"name", "x"}, {"content", base::base64("plain text")}};
    const auto inspection = inspect_keys(body, today());
    EXPECT_EQ(faults(inspection), "/fields/keys/1/key key_unreadable, /fields/keys/2/key key_secret, /note/file/content file_type");
    EXPECT_EQ(inspection.keys.size(), 1U);
}

TEST_F(OpenPgp, NothingIsLeftBehindAndManyThreadsMayExamine)
{
    const auto key = make("a");
    const auto temporary = new_directory();
    setenv("TMPDIR", temporary.c_str(), 1);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&key] { EXPECT_EQ(fault_of("openpgp", key), ""); });
    for (auto& thread : threads)
        thread.join();
    unsetenv("TMPDIR");
    EXPECT_TRUE(fs::is_empty(temporary));
    fs::remove_all(temporary);
}

TEST_F(OpenPgp, NeitherAHomeNorAnEnvironmentIsNeeded)
{
    const auto key = make("a");
    const auto* home = std::getenv("HOME");
    const std::string before = home == nullptr ? "" : home;
    unsetenv("HOME");
    EXPECT_EQ(fault_of("openpgp", key), "");
    setenv("HOME", before.c_str(), 1);
}

// Puts a shell script in the place of gpg; --version is answered as by gpg.
class BrokenGpg : public ::testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_NE(gpgme_check_version(nullptr), nullptr);
        gpgme_engine_info_t engine = nullptr;
        ASSERT_EQ(gpgme_get_engine_info(&engine), 0U);
        real_ = engine->file_name;
        setenv("TMPDIR", temporary_.c_str(), 1);
    }
    ~BrokenGpg() override
    {
        gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, real_.c_str(), nullptr);
        unsetenv("TMPDIR");
        fs::remove_all(directory_);
        fs::remove_all(temporary_);
    }
    void replace_by(const std::string& script)
    {
        const auto file = directory_ / "gpg";
        std::ofstream(file) << "#!/bin/sh\n[ \"$1\" = --version ] && exec " << real_ << " --version\n" << script << "\n";
        fs::permissions(file, fs::perms::owner_all);
        ASSERT_EQ(gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, file.c_str(), nullptr), 0U);
    }
    static std::size_t processes_naming(const std::string& text)
    {
        std::size_t found = 0;
        for (const auto& entry : fs::directory_iterator("/proc")) {
            std::ostringstream command;
            command << std::ifstream(entry.path() / "cmdline").rdbuf();
            found += command.str().find(text) != std::string::npos;
        }
        return found;
    }
    const json body_ = with_keys("openpgp", {"-----BEGIN " + public_label + "-----\n\nAAAA\n-----END " + public_label + "-----\n"});
    const fs::path directory_ = new_directory();
    const fs::path temporary_ = new_directory();
    std::string real_;
};

TEST_F(BrokenGpg, OneThatHangsIsEndedWhenItsTimeIsOver)
{
    replace_by("while :; do sleep 0.1; done");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THROW(inspect_keys(body_, today(), std::chrono::milliseconds{300}), std::runtime_error);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
    EXPECT_TRUE(fs::is_empty(temporary_));
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    EXPECT_EQ(processes_naming(temporary_.string() + "/cbmx-gpg-"), 0U);
}

TEST_F(BrokenGpg, OneThatFailsIsNotTheFaultOfTheKey)
{
    replace_by("exit 2");
    EXPECT_THROW(inspect_keys(body_, today()), std::runtime_error);
    EXPECT_TRUE(fs::is_empty(temporary_));
}

struct CertificateOptions {
    std::string purposes = "";  // extended key usage
    std::chrono::seconds begins = -std::chrono::hours{1};
    std::chrono::seconds ends = a_year;
};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

template <class Write>
std::string pem_of(Write write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(write(memory.get()), 1);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string certificate(const CertificateOptions& options = {})
{
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), options.begins.count());
    X509_gmtime_adj(X509_getm_notAfter(made.get()), options.ends.count());
    X509_set_pubkey(made.get(), key.get());
    auto* name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("demo"), -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    if (!options.purposes.empty()) {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_ext_key_usage, options.purposes.c_str());
        X509_add_ext(made.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    EXPECT_GT(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
    return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, made.get()); });
}

TEST(SMime, ACertificateHasTheSha256OfItsDerAndAnEnd)
{
    const auto pem = certificate();
    const auto inspection = inspect_keys(with_keys("smime", {pem}), today());
    ASSERT_EQ(faults(inspection), "");
    const auto& facts = inspection.keys.at(pem);
    const auto file = new_directory();
    std::ofstream(file / "c.pem") << pem;
    auto printed = output_of("openssl x509 -noout -fingerprint -sha256 -in " + (file / "c.pem").string());
    fs::remove_all(file);
    std::erase(printed, ':');
    EXPECT_NE(printed.find("=" + facts.fingerprint + "\n"), std::string::npos) << printed;
    EXPECT_LE(abs(domain::from_rfc3339(facts.expires_at.value()).value() - today() - a_year), std::chrono::minutes{1});
}

TEST(SMime, AnExpiredCertificateHasEnded)
{
    EXPECT_EQ(fault_of("smime", certificate({.begins = -2 * a_year, .ends = -a_year})), "key_ended");
    const auto pem = certificate();
    EXPECT_EQ(fault_of("smime", pem, today() + a_year - std::chrono::hours{1}), "");
    EXPECT_EQ(fault_of("smime", pem, today() + a_year + std::chrono::hours{1}), "key_ended");
}

TEST(SMime, UsagesIfGivenMustIncludeMail)
{
    EXPECT_EQ(fault_of("smime", certificate({.purposes = "emailProtection"})), "");
    EXPECT_EQ(fault_of("smime", certificate({.purposes = "clientAuth,emailProtection"})), "");
    EXPECT_EQ(fault_of("smime", certificate({.purposes = "anyExtendedKeyUsage"})), "");
    EXPECT_EQ(fault_of("smime", certificate({.purposes = "serverAuth,clientAuth"})), "key_unreadable");
}

TEST(SMime, APrivateKeyIsRefusedAloneOrBesideItsCertificate)
{
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto secret = pem_of([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    const auto old_style =
        pem_of([&](BIO* out) { return PEM_write_bio_PrivateKey_traditional(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    for (const auto& text : {secret, old_style, certificate() + secret, secret + certificate()}) {
        EXPECT_EQ(fault_of("smime", text), "key_secret");
        EXPECT_EQ(fault_of("openpgp", text), "key_secret");
    }
}

TEST(SMime, OneCertificateAndNothingElse)
{
    const auto pem = certificate();
    EXPECT_EQ(fault_of("smime", "\n" + pem + "\r\n"), "");
    const auto middle = pem.size() / 2;
    const auto cut = pem.substr(0, middle) + pem.substr(pem.find('\n', middle) + 1);
    const std::string empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    const auto framed = [](const std::string& inside) {
        return "-----BEGIN CERTIFICATE-----\n" + inside + "\n-----END CERTIFICATE-----\n";
    };
    for (const auto& text :
         {std::string("no certificate"), pem + pem, pem + "and more", "Subject: demo\n" + pem, cut, empty, framed("AAAA"), framed("****"),
          framed("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA"), framed(std::string(65'000, 'M'))})
        EXPECT_EQ(fault_of("smime", text), "key_unreadable") << text.substr(0, 100);
    EXPECT_EQ(fault_of("openpgp", pem), "key_unreadable");
}

TEST(NoteFile, PdfJpegAndPngAreTaken)
{
    using namespace std::string_literals;
    const std::map<std::string, std::string> files{{"application/pdf", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n"s},
                                                   {"image/png", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"s},
                                                   {"image/jpeg", "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"s}};
    for (const auto& [type, bytes] : files) {
        const auto inspection = inspect_keys(with_file(bytes), today());
        ASSERT_EQ(faults(inspection), "") << type;
        ASSERT_TRUE(inspection.file);
        EXPECT_EQ(inspection.file->media_type, type);
        EXPECT_EQ(inspection.file->bytes, bytes);
    }
}

TEST(NoteFile, OtherTypesAreRefusedWhateverTheNameSays)
{
    using namespace std::string_literals;
    for (const auto& bytes : {"plain text"s, "PK\3\4\x14\0\0\0\x08\0"s, "<html><script>alert(1)</script></html>"s,
                              "<svg xmlns='http://www.w3.org/2000/svg'/>"s, "GIF89a\1\0\1\0"s,
                              "\x7F"
                              "ELF\2\1\1\0"s,
                              "MZ\x90\0\3\0"s, "\0\0\0"s, "PDF"s}) {
        const auto inspection = inspect_keys(with_file(bytes), today());
        EXPECT_EQ(faults(inspection), "/note/file/content file_type") << bytes;
        EXPECT_EQ(inspection.violations.at(0).arguments, (domain::Arguments{{"allowed", "application/pdf, image/jpeg, image/png"}}));
        EXPECT_FALSE(inspection.file);
    }
}

TEST(NoteFile, TwoMebibytesAreTheLimit)
{
    std::string bytes = "%PDF-1.7\n";
    bytes.resize(max_note_file_bytes, ' ');
    EXPECT_EQ(faults(inspect_keys(with_file(bytes), today())), "");
    const auto inspection = inspect_keys(with_file(bytes + " "), today());
    EXPECT_EQ(faults(inspection), "/note/file/content too_long");
    EXPECT_EQ(inspection.violations.at(0).arguments, (domain::Arguments{{"limit", "2097152"}}));
}

TEST(Inspection, ANominationWithoutKeysAndFileHasNothingToExamine)
{
    for (const auto& fields : {json::object(), json{{"keys", nullptr}}, json{{"keys", json::array()}}}) {
        const auto inspection =
            inspect_keys({{"kind", "amendment"}, {"fields", fields}, {"note", {{"reference", "NV 1"}, {"date", "2026-01-15"}}}}, today());
        EXPECT_TRUE(inspection.keys.empty() && !inspection.file && inspection.violations.empty());
    }
}

TEST(Keys, AreLeftWhereTheyStandWhenThePortalEnds)
{
    base::Ending ending;
    const base::Ending::Work work(ending);
    ending.begin();
    EXPECT_THROW(list_openpgp("-----BEGIN " + public_label + "-----", std::chrono::steady_clock::now() + key_time_limit), base::Ended);
}

}  // namespace
}  // namespace cbmx::service
