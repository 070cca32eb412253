using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

/// <summary>What <c>--docker "host=…,ca=…"</c> says of a daemon.</summary>
internal static class ContextEndpoint
{
    /// <exception cref="CliException">An unknown word, a file that is not there, no address.</exception>
    public static ContextEntry Apply(Session session, ContextEntry context, string text)
    {
        var values = Fields(text);
        if (values.TryGetValue("from", out var from))
        {
            if (values.Count > 1)
                throw new CliException("cannot use \"from\" together with other keys of --docker");
            return Copy(session, context, from);
        }
        var host = values.GetValueOrDefault("host", "");
        if (host.Length > 0) DaemonAddress.Parse(host);
        return context with
        {
            Host = host,
            SkipTlsVerify = values.TryGetValue("skip-tls-verify", out var skip) && IsTrue(skip),
            Tls = new TlsFiles(Read(values, "ca"), Read(values, "cert"), Read(values, "key")),
        };
    }

    /// <summary>The endpoint of another context, the default one among them.</summary>
    public static ContextEntry Copy(Session session, ContextEntry context, string from)
    {
        var source = from == ContextEntry.DefaultName
            ? Endpoint.Default(session.Choice, session.Environment, session.Folder).Context
            : new ContextStore(session.Folder).Get(from);
        return context with { Host = source.Host, SkipTlsVerify = source.SkipTlsVerify, Tls = source.Tls };
    }

    private static Dictionary<string, string> Fields(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (key, value) in CsvFields.Parse(text))
            {
                if (key is not ("from" or "host" or "ca" or "cert" or "key" or "skip-tls-verify"))
                    throw new CliException(
                        $"unrecognized config key: \"{key}\": use from, host, ca, cert, key or skip-tls-verify");
                values[key] = value ?? throw new CliException($"--docker: {key} must be given as {key}=VALUE");
            }
        }
        catch (FormatException e)
        {
            throw new CliException($"--docker \"{text}\": {e.Message}", e);
        }
        return values;
    }

    private static bool IsTrue(string text) => bool.TryParse(text, out var value) ? value
        : throw new CliException($"skip-tls-verify: strconv.ParseBool: parsing \"{text}\": invalid syntax");

    private static byte[]? Read(Dictionary<string, string> values, string key)
    {
        if (!values.TryGetValue(key, out var path) || path.Length == 0) return null;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"unable to create docker endpoint config: {key}: {e.Message}", e);
        }
    }
}
