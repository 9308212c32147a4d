// The command line. What each command does to the portal: operator.cpp; settings: config.cpp; the server: app.cpp.
#include "api/openapi/openapi.hpp"
#include "app.hpp"
#include "base/bytes.hpp"
#include "base/ending.hpp"
#include "base/log.hpp"
#include "base/systemd.hpp"
#include "json/text.hpp"
#include "operation/account_list.hpp"
#include "operation/backup.hpp"
#include "operation/data_directory.hpp"
#include "operation/export_file.hpp"
#include "operation/founding_command.hpp"
#include "operation/key_commands.hpp"
#include "operation/key_file.hpp"
#include "operation/new_portal.hpp"
#include "operation/operator.hpp"
#include "operation/verify_command.hpp"
#include "store/engine.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using cbmx::broken_status;
using cbmx::Config;
using cbmx::refused_status;
using nlohmann::json;

constexpr std::chrono::seconds shortest_end{1};  // also where nothing in flight is waited for
constexpr int niceness = 10;                     // of what runs beside the portal: it goes first

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// A table to import. What is not UTF-8 comes from a spreadsheet that was saved as another kind of CSV.
std::string read_table(const std::string& path)
{
    const auto text = read_file(path);
    std::size_t number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        const auto end = std::min(text.find('\n', begin), text.size());
        if (!cbmx::json::is_utf8(std::string_view(text).substr(begin, end - begin)))
            throw std::runtime_error(path + " is not UTF-8 in line " + std::to_string(number) + ": save the table as CSV UTF-8");
        begin = end + 1;
    }
    return text;
}

cbmx::base::Severity severity_of(const std::string& name)
{
    if (name == "debug")
        return cbmx::base::Severity::debug;
    if (name == "warning")
        return cbmx::base::Severity::warning;
    return name == "error" ? cbmx::base::Severity::error : cbmx::base::Severity::info;
}

int serve(const Config& config, const std::function<Config()>& read_again)
{
    // Blocked before any thread starts, so that only sigwait below sees them.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    cbmx::App app(config);
    app.start();
    cbmx::base::tell_systemd("READY=1");
    for (;;) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP)
            break;
        app.reload(read_again);
    }
    cbmx::base::end_process_at(std::chrono::steady_clock::now() + std::max(app.drain_time(), shortest_end));
    cbmx::base::tell_systemd("STOPPING=1");
    cbmx::base::log(cbmx::base::Severity::info, "stopping");
    app.drain();
    return 0;
}

// Through the running server, or by this process when none runs.
json apply_on_server(const Config& config, const json& request)
{
    if (auto answer = cbmx::ask_running_server(cbmx::socket_path(config), request))
        return std::move(*answer);
    auto alone = config;
    alone.port = alone.mtls_port = alone.metrics_port = 0;
    const cbmx::App app(alone);
    return cbmx::apply_command(app.portal(), request);
}

int print(const json& answer)
{
    const bool ok = answer.value("ok", false);
    std::cout << answer.at(ok ? "result" : "problem").dump(2) << "\n";
    return ok ? 0 : refused_status;
}

int command(const Config& config, const json& request) { return print(apply_on_server(config, request)); }

int backup(const Config& config, const std::string& target)
{
    static_cast<void>(::nice(niceness));
    const auto report =
        cbmx::service::backup(cbmx::database_path(config), target, {cbmx::own_keys(config, cbmx::database_path(config)), {}});
    std::cout << report.summary();
    return report.ok() ? 0 : refused_status;
}

int restore(const Config& config, const std::string& source, bool new_epoch)
{
    std::filesystem::create_directories(config.data);
    std::filesystem::permissions(config.data, std::filesystem::perms::owner_all);
    const cbmx::DataLock lock(config.data);
    const cbmx::Sources sources;
    const auto file = cbmx::service::read_key_file(config.log_key);
    const auto signer = file.ring(config.origin).signing({}).front();
    const auto report = cbmx::service::restore({.backup_file = source,
                                                .database = cbmx::database_path(config),
                                                .outside_directory = config.outside,
                                                .trusted_keys = file.verifiers(config.origin),
                                                .new_epoch = new_epoch,
                                                .signer = signer,
                                                .clock = sources.clock,
                                                .random = sources.random});
    std::cout << "restored " << report.entries << " entries of the log " << report.origin << "\n";
    if (report.old_epoch)
        std::cout << "the log before is kept in " << report.old_epoch->string() << "\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    umask(0077);  // what the portal writes is its own
    CLI::App cli("CBM Exchange: the portal through which States exchange cyber confidence-building measures");
    cli.require_subcommand(1);
    std::string file;
    cli.add_option("--config", file, "Settings file (TOML)")->envname("CBMX_CONFIG");
    std::map<std::string, std::string> flags;
    for (const auto& setting : cbmx::settings()) {
        auto flag = "--" + std::string(setting.key);
        std::replace(flag.begin() + 2, flag.end(), '_', '-');
        cli.add_option_function<std::string>(
               flag, [&flags, key = std::string(setting.key)](const std::string& value) { flags[key] = value; }, std::string(setting.help))
            ->group("Settings");
    }
    cli.fallthrough();
    int status = 0;
    const auto config = [&file, &flags] { return cbmx::read_config(file, flags); };

    cli.add_subcommand("serve", "Run the portal")->callback([&] {
        const auto settings = config();
        cbmx::base::start_log(severity_of(settings.log_level), settings.log_file);
        status = serve(settings, config);
    });

    const auto apply_command = [&config](const json& request) { return apply_on_server(config(), request); };

    bool demo = false;
    auto* init = cli.add_subcommand("init", "Make a portal: database, log key, registry, the first secretariat account");
    init->add_flag("--demo", demo, "Mark it as a demonstration");
    init->callback([&] {
        const auto founded = cbmx::create_portal(config(), demo);
        std::cout << json{{"account", founded.account}, {"token", founded.token}}.dump(2) << "\n";
    });

    auto* account = cli.add_subcommand("account", "Accounts, by the operator")->require_subcommand(1);
    std::string home, name, id, wanted;
    std::vector<std::string> roles;
    auto* listed = account->add_subcommand("list", "Who has an account: one line of JSON each");
    listed->add_option("--home", home, "state:CL or office:secretariat")->required();
    listed->callback([&] { std::cout << cbmx::account_list(config(), home); });
    auto* create = account->add_subcommand("create", "Create an account");
    create
        ->add_option("--home", home,
                     "state:CL, office:secretariat, office:chair, office:vice_chair, office:reviewers or office:audit; office:chair/TERM "
                     "for a term to come")
        ->required();
    create->add_option("--name", name, "What it is called")->required();
    create->add_option("--role", roles, "A role; may be given several times")->required();
    create->callback([&] {
        status = command(config(), {{"command", "account create"}, {"home", home}, {"name", name}, {"roles", roles}});
    });
    auto* change = account->add_subcommand("status", "Disable an account, or make it active again");
    change->add_option("id", id)->required();
    change->add_option("status", wanted, "active or disabled")->required();
    change->callback([&] { status = command(config(), {{"command", "account status"}, {"id", id}, {"status", wanted}}); });
    auto* erase = account->add_subcommand("erase", "Erase what is personal about a disabled account");
    erase->add_option("id", id)->required();
    erase->callback([&] { status = command(config(), {{"command", "account erase"}, {"id", id}}); });

    auto* credential = cli.add_subcommand("credential", "Certificates and tokens, by the operator")->require_subcommand(1);
    std::string account_id, label = "by the operator", certificate, proposal;
    std::vector<std::string> scopes{"read", "draft", "publish", "accounts", "registry", "directory"};
    std::int64_t days = 90;
    auto* token = credential->add_subcommand("token", "Make an API token here, and have the portal accept it; it is shown once");
    token->add_option("--account", account_id)->required();
    token->add_option("--label", label);
    token->add_option("--scope", scopes, "read, draft, publish, accounts, registry, directory; default all");
    token->add_option("--days", days, "Until it expires, at most 365");
    token->callback([&] {
        const json wish{{"command", "credential token"}, {"account", account_id}, {"label", label}, {"scopes", scopes}, {"days", days}};
        status = print(cbmx::with_new_token(wish, cbmx::base::system_random(), apply_command));
    });
    auto* registered = credential->add_subcommand("certificate", "Register a client certificate");
    registered->add_option("--account", account_id)->required();
    registered->add_option("--file", certificate, "PEM")->required();
    registered->add_option("--label", label);
    registered->callback([&] {
        status = command(
            config(), {{"command", "credential certificate"}, {"account", account_id}, {"pem", read_file(certificate)}, {"label", label}});
    });
    auto* revoke = credential->add_subcommand("revoke", "Revoke a credential; it ends within a second");
    revoke->add_option("id", id)->required();
    revoke->callback([&] { status = command(config(), {{"command", "credential revoke"}, {"id", id}}); });

    std::string document, key_fingerprint;
    std::vector<std::string> fingerprints, suspended;
    auto* founding = cli.add_subcommand("founding", "A State's first officials, by the operator")->require_subcommand(1);
    auto* found = founding->add_subcommand("confirm", "Confirm them, and make the halves of their codes that you read out to them");
    found->add_option("proposal", proposal)->required();
    found->add_option("--document", document, "The note verbale with which you have compared it")->required();
    found->add_option("--fingerprint", fingerprints, "N=SHA-256 in hex: of the N-th official's certificate, as the note names it");
    found->callback([&] {
        status = print(cbmx::confirm_founding({proposal, read_file(document), fingerprints}, cbmx::base::system_random(), apply_command));
    });

    // A proposal, and the document with which the operator has compared it.
    const auto add_compared = [&](const std::string& group, const std::string& about, const std::string& help) {
        auto* one = cli.add_subcommand(group, about)->require_subcommand(1)->add_subcommand("confirm", help);
        one->add_option("proposal", proposal)->required();
        one->add_option("--document", document, "The note verbale or resolution with which you have compared it")->required();
        return one;
    };
    const auto confirm = [&](const std::string& group, const json& more = json::object()) {
        json given{
            {"command", group + " confirm"}, {"proposal", proposal}, {"sha256", cbmx::base::hex(cbmx::base::sha256(read_file(document)))}};
        given.update(more);
        status = command(config(), given);
    };
    add_compared("membership", "What the secretariat has entered, by the operator",
                 "Confirm a change of membership, when nobody else of the secretariat can")
        ->callback([&] { confirm("membership"); });
    add_compared("acting-alone", "What a note verbale says of a State with one official, by the operator",
                 "Confirm that one official acts alone, or no longer")
        ->callback([&] { confirm("acting-alone"); });
    auto* suspend = add_compared("suspension", "What a note verbale says of an official who no longer acts, by the operator",
                                 "Suspend his accounts at once");
    suspend->add_option("--account", suspended, "One of his accounts; \"cbmx account list\" names them")
        ->required()
        ->allow_extra_args(false);
    suspend->callback([&] { confirm("suspension", {{"accounts", suspended}}); });
    auto* signing_key = add_compared("signing-key", "What a note verbale says of a State's key, by the operator",
                                     "Confirm it; the State's nominator then brings the key");
    signing_key->add_option("--fingerprint", key_fingerprint, "SHA-256 in hex, as the note gives it")->required();
    signing_key->callback([&] { confirm("signing-key", {{"fingerprint", key_fingerprint}}); });

    auto* log = cli.add_subcommand("log", "The log's own key, by the operator")->require_subcommand(1);
    bool without_overlap = false;
    auto* rotate = log->add_subcommand("rotate-key", "Make a new key, which signs from now on beside the present one");
    rotate->add_flag("--without-overlap", without_overlap, "The present one ends at once: somebody else may have it");
    rotate->callback([&] { status = print(cbmx::rotate_log_key(config(), !without_overlap, apply_command)); });
    log->add_subcommand("end-overlap", "From now on the new key signs alone; the old private key is taken out of the file")->callback([&] {
        status = print(cbmx::end_log_key_overlap(config(), apply_command));
    });

    bool dry_run = false;
    std::string table;
    auto* imported =
        cli.add_subcommand("import", "Take over a table (CSV, UTF-8): all rows or none; may be repeated")->require_subcommand(1);
    const auto add_import = [&](const std::string& what, const std::string& help) {
        auto* one = imported->add_subcommand(what, help);
        one->add_option("file", table, "The table; its first line names the columns")->required();
        one->add_flag("--dry-run", dry_run, "Judge every row, name every fault, keep nothing");
        one->callback([&, what] {
            status = command(config(), {{"command", "import " + what}, {"csv", read_table(table)}, {"dry_run", dry_run}});
        });
    };
    add_import("contacts", "Points of contact, as recorded by the secretariat from notes verbales");
    add_import("documents", "Reference documents");

    std::string target, source, reader, page_language = "en";
    bool new_epoch = false;
    std::uint64_t after = 0;
    auto* exported = cli.add_subcommand("export", "Write an archive that proves itself: all that a reader may see, or whatever there is");
    exported->add_option("target", target, "A new file (ZIP)")->required();
    exported->add_option("--as", reader, "For accounts of state:CL or office:reviewers; default: for the operator, everything");
    exported->add_option("--after", after, "Only what is new since an earlier export of so many positions");
    exported->add_option("--language", page_language, "Of the page for people: en, es, fr or pt")
        ->check(CLI::IsMember({"en", "es", "fr", "pt"}));
    exported->callback([&] { std::cout << cbmx::write_export(config(), target, reader, page_language, after) << "\n"; });
    auto* checked = cli.add_subcommand("verify", "Check a data directory, a backup, an export or a receipt; names what is wrong");
    cbmx::VerifyCommand what;
    checked->add_option("file", what.file, "An export, a database or receipts: recognised by its first bytes");
    checked->add_option("--after", what.earlier, "The earlier export that this one goes on from");
    checked->add_option("--database", what.database, "A database or backup file; default: the data directory's");
    checked->add_option("--receipt", what.receipt, "Receipts (JSON), as the portal gave them");
    checked->add_option("--key", what.keys, "A verifier key that you know, as /v1/log/key gives it; may be given several times")
        ->allow_extra_args(false);
    checked->add_option("--keys", what.key_list, "A file with the keys that you know, old and new, as /v1/log/key gives them");
    checked
        ->add_option("--state-key", what.state_keys,
                     "CL=FILE: a State's public key (PEM) that you know, for its statements; may be given several times")
        ->allow_extra_args(false);
    checked->add_flag("--log-only", what.log_only, "Of a database: entries, tree and signatures alone, which is quicker");
    checked->callback([&] {
        static_cast<void>(::nice(niceness));
        what.is_outside_named = flags.contains("outside");
        status = cbmx::carry_out(config(), what);
    });
    auto* saved = cli.add_subcommand("backup", "Copy the database while writing goes on; counts only once verified");
    saved->add_option("target", target, "A new file")->required();
    saved->callback([&] { status = backup(config(), target); });
    auto* restored = cli.add_subcommand("restore", "Make a data directory from a backup");
    restored->add_option("source", source, "A backup file")->required();
    restored->add_flag("--new-epoch", new_epoch, "Go on under a new log when the backup is behind what is kept outside");
    restored->callback([&] { status = restore(config(), source, new_epoch); });

    cli.add_subcommand("openapi", "Print the description of the API")->callback([] {
        std::cout << cbmx::api::openapi_document().dump(2) << "\n";
    });
    cli.add_subcommand("settings", "Print the table of settings")->callback([] { std::cout << cbmx::settings_as_markdown(); });
    cli.set_version_flag("--version", CBMX_VERSION);

    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : broken_status;
    } catch (const cbmx::store::StoreError& error) {
        std::cerr << "cbmx: " << error.what()
                  << (error.is_disk() ? ". Look at the disk, and at mount, owner and mode of the data directory; a damaged database is "
                                        "kept aside and restored from the last backup"
                                      : "")
                  << "\n";
        return broken_status;
    } catch (const std::exception& error) {
        std::cerr << "cbmx: " << error.what() << "\n";
        return broken_status;
    }
    return status;
}
