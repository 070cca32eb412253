using Orchestrator.Api;

namespace Orchestrator.Cli.Config;

/// <summary>The user's logins, wherever they are kept: a registry's own helper, the general one, or the file.</summary>
internal sealed class Logins(ConfigFolder folder)
{
    public const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>The key that docker files a registry's login under.</summary>
    /// <param name="server">As the user wrote it: a host, or an address with scheme and path.</param>
    public static string Key(string server)
    {
        var host = Host(server);
        return host is "docker.io" or "index.docker.io" ? DockerHub : host;
    }

    /// <summary>Host and port, without what is around them.</summary>
    public static string Host(string server)
    {
        var scheme = server.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? server : server[(scheme + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    /// <summary>Of this user; where there is none, docker's.</summary>
    /// <param name="registry">A registry's host; <c>docker.io</c> is the hub.</param>
    public AuthConfig? Find(string registry) =>
        Find(folder, Key(registry)) ?? (folder.Docker is { } docker ? Find(docker, Key(registry)) : null);

    /// <summary>Every login there is, by its server: for a daemon that finds out itself which it needs.</summary>
    public IEnumerable<(string Server, AuthConfig Login)> All() => folder.File.Servers
        .Concat(folder.Docker?.File.Servers ?? []).Distinct()
        .Select(server => (server, Login: Find(server))).Where(static found => found.Login is not null)
        .Select(static found => (found.server, found.Login!));

    /// <summary>Whether docker's own folder has a login that counts when ours has gone.</summary>
    public bool IsKnownToDocker(string server) =>
        folder.Docker is { } docker && SafeFind(docker, Key(server)) is not null;

    /// <returns>Whether it now is in a file, for all who can read that.</returns>
    public bool Store(AuthConfig login)
    {
        var key = login.ServerAddress!;
        var helper = Helper(folder, key);
        helper?.Store(login);
        folder.File.Keep(key, helper is null ? login : null);
        folder.File.Save();
        return helper is null;
    }

    /// <summary>Forgets a login under each name that it may have been filed under.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Erase(string server)
    {
        var key = Key(server);
        var known = false;
        string[] names = key == DockerHub ? [key, "docker.io", "index.docker.io"]
            : [key, "https://" + key, "http://" + key, "https://" + key + "/", "http://" + key + "/"];
        var helper = Helper(folder, key);
        if (helper?.Get(key) is not null)
        {
            helper.Erase(key);
            known = true;
        }
        foreach (var name in names) known |= folder.File.Forget(name);
        if (known) folder.File.Save();
        return known;
    }

    private static AuthConfig? Find(ConfigFolder folder, string key)
    {
        if (Helper(folder, key) is { } helper) return helper.Get(key);
        if (folder.File.Login(key) is { } exact) return exact;
        var host = Host(key);
        var other = folder.File.Servers.FirstOrDefault(server => Key(server) == key || Host(server) == host);
        return other is null ? null : folder.File.Login(other);
    }

    private static AuthConfig? SafeFind(ConfigFolder folder, string key)
    {
        try
        {
            return Find(folder, key);
        }
        catch (CliException)
        {
            return null; // What is wrong with docker's settings is docker's to say.
        }
    }

    private static CredentialHelper? Helper(ConfigFolder folder, string key) =>
        (folder.File.HelperOf(key == DockerHub ? DockerHub : Host(key)) ?? folder.File.CredentialsStore) is { Length: > 0 } name
            ? new CredentialHelper(name) : null;
}
