using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Config;

/// <summary><c>config.json</c>, docker's format. What we do not know in it is kept when it is written.</summary>
/// <remarks>Source: docker/cli, docs/reference/commandline/cli.md, "Docker CLI configuration file".</remarks>
internal sealed class ConfigFile
{
    public const string Name = "config.json";

    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly (string Key, string Variable)[] ProxyVariables =
    [
        ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"), ("ftpProxy", "FTP_PROXY"),
        ("allProxy", "ALL_PROXY"),
    ];

    private readonly JsonObject _root;

    private ConfigFile(string path, JsonObject root) => (Path, _root) = (path, root);

    public string Path { get; }

    /// <summary>The helper that keeps all logins; empty: this file does.</summary>
    public string CredentialsStore => Text("credsStore");

    /// <summary>Empty: the default one.</summary>
    public string CurrentContext
    {
        get => Text("currentContext");
        set
        {
            if (value.Length > 0) _root["currentContext"] = value;
            else _root.Remove("currentContext");
        }
    }

    /// <summary>A file that is not there is an empty one.</summary>
    /// <exception cref="CliException">It is no JSON, or may not be read.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return new ConfigFile(path, []);
            return JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject root
                ? new ConfigFile(path, root)
                : throw new CliException($"{path} is not a JSON object: correct it, or move it away");
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} is not JSON: {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CliException($"cannot read {path}: permission denied", e);
        }
    }

    /// <summary>One word of the file, such as <c>psFormat</c>; empty when it is not there.</summary>
    public string Text(string name) => _root[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    /// <summary>The helper for one registry alone; null: none is named.</summary>
    public string? HelperOf(string server) => _root["credHelpers"] is JsonObject helpers
        && helpers[server] is JsonValue value && value.TryGetValue(out string? name) ? name : null;

    /// <summary>Servers with an entry, whether or not it holds anything.</summary>
    public IEnumerable<string> Servers => _root["auths"] is JsonObject auths ? auths.Select(static a => a.Key) : [];

    /// <summary>The proxies that what runs on a daemon gets as variables, in both cases.</summary>
    /// <param name="daemon">Its address; one that is not named gets those of <c>default</c>.</param>
    public IEnumerable<(string Variable, string Value)> Proxies(string daemon)
    {
        if (_root["proxies"] is not JsonObject all || (all[daemon] ?? all["default"]) is not JsonObject proxies) yield break;
        foreach (var (key, variable) in ProxyVariables)
        {
            if (proxies[key] is not JsonValue value || !value.TryGetValue(out string? text) || text.Length == 0) continue;
            yield return (variable, text);
            yield return (variable.ToLowerInvariant(), text);
        }
    }

    /// <summary>Headers to send with every request.</summary>
    public IEnumerable<(string Name, string Value)> HttpHeaders => _root[nameof(HttpHeaders)] is JsonObject headers
        ? headers.Where(static h => h.Value is JsonValue).Select(static h => (h.Key, h.Value!.ToString())) : [];

    /// <summary>The login kept for a server; null: none.</summary>
    public AuthConfig? Login(string server)
    {
        if (_root["auths"] is not JsonObject auths || auths[server] is not JsonObject entry) return null;
        var login = entry.Deserialize(ApiJson.Wire.AuthConfig)!;
        login.ServerAddress = server;
        if (!string.IsNullOrEmpty(login.Auth)) Unpack(login);
        return login is { Username: null or "", IdentityToken: null or "" } ? null : login;
    }

    /// <param name="login">Null: an empty entry, which says that a helper has the rest.</param>
    public void Keep(string server, AuthConfig? login)
    {
        if (_root["auths"] is not JsonObject auths) _root["auths"] = auths = [];
        var entry = new JsonObject();
        if (login is not null)
        {
            var pair = $"{login.Username}:{(string.IsNullOrEmpty(login.IdentityToken) ? login.Password : "")}";
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
            if (!string.IsNullOrEmpty(login.IdentityToken)) entry["identitytoken"] = login.IdentityToken;
        }
        auths[server] = entry;
    }

    /// <returns>Whether there was one.</returns>
    public bool Forget(string server) => _root["auths"] is JsonObject auths && auths.Remove(server);

    /// <summary>Writes it whole, readable by its owner alone.</summary>
    /// <exception cref="CliException">It cannot be written; the old one is as it was.</exception>
    public void Save()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream, Layout)) _root.WriteTo(writer);
            // A link is followed: people keep this file among their dotfiles.
            var target = File.Exists(Path) ? File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName : null;
            DurableFile.Replace(target ?? Path, stream.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            throw new CliException($"cannot write {Path}: {e.Message}", e);
        }
    }

    private void Unpack(AuthConfig login)
    {
        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(login.Auth!));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new FormatException("no user and password, separated by a colon");
            (login.Username, login.Password, login.Auth) = (pair[..colon], pair[(colon + 1)..].TrimEnd('\0'), null);
        }
        catch (FormatException e)
        {
            throw new CliException(
                $"{Path}: the login for {login.ServerAddress} is damaged: {e.Message}. "
                + $"Log in again: orch login {login.ServerAddress}", e);
        }
    }
}
