using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Cli.Config;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>What travels with a build beside its context: logins, secrets and SSH agents.</summary>
internal static class BuildHeaders
{
    /// <summary>A request's headers have 32 KiB in all; base64 twice makes 16 of them 28.</summary>
    private const int MaxSecretBytes = 16 * 1024;

    public static string Logins(Session session)
    {
        var map = new JsonObject();
        foreach (var (server, login) in new Logins(session.Folder).All())
            map[server] = JsonSerializer.SerializeToNode(login, ApiJson.Wire.AuthConfig);
        return Encode(map);
    }

    /// <exception cref="CliException">A secret is not there, or all together are too large.</exception>
    public static string Secrets(Session session, IEnumerable<string> specs)
    {
        var map = new JsonObject();
        var total = 0;
        foreach (var spec in specs.Select(SecretSpec.Parse))
        {
            var content = spec.Read(session);
            total += content.Length;
            map[spec.Id] = Convert.ToBase64String(content);
        }
        return total <= MaxSecretBytes ? Encode(map) : throw new CliException(
            $"the build's secrets are {total} bytes in all; at most {MaxSecretBytes} travel with a build. "
            + "Hand a larger one to a step as a file of a bind mount");
    }

    /// <exception cref="CliException">The daemon is on another host, or there is no agent.</exception>
    public static string Ssh(Session session, IEnumerable<string> specs)
    {
        if (!session.Client.Address.IsUnix)
            throw new CliException(
                $"--ssh reaches only a daemon on this host: {session.Client.Address.Text} cannot open an agent's socket here");
        var map = new JsonObject();
        foreach (var spec in specs)
        {
            var (id, path) = KeyValues.Split(spec);
            var socket = path is { Length: > 0 } ? path : session.Environment("SSH_AUTH_SOCK");
            if (string.IsNullOrEmpty(socket))
                throw new CliException(
                    $"invalid empty ssh agent socket for \"{id}\": make sure SSH_AUTH_SOCK is set (eval $(ssh-agent))");
            if (!File.Exists(socket)) throw new CliException($"--ssh {spec}: there is no {socket}");
            if (File.GetUnixFileMode(socket) == default || new FileInfo(socket).Length > 0)
                throw new CliException(
                    $"--ssh {spec}: {socket} is a key, not an agent's socket. Give it to one: ssh-add {socket}");
            map[id.Length > 0 ? id : "default"] = Path.GetFullPath(socket);
        }
        return Encode(map);
    }

    private static string Encode(JsonObject map) => Convert.ToBase64String(Encoding.UTF8.GetBytes(map.ToJsonString()))
        .Replace('+', '-').Replace('/', '_');
}
