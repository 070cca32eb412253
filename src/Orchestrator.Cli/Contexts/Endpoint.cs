using Orchestrator.Cli.Config;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Contexts;

/// <summary>The daemon that a command talks to, and the context it came from.</summary>
internal sealed record Endpoint(ContextEntry Context)
{
    public const string DefaultDescription = "Current DOCKER_HOST based configuration";

    private ClientTls? Tls { get; init; }

    public DaemonAddress Address => DaemonAddress.Parse(Context.Host, Tls);

    /// <summary>
    /// A context that was asked for, else a host from flag or environment, else the current context.
    /// </summary>
    /// <exception cref="CliException">Both a context and a host are asked for, or there is no such context.</exception>
    public static Endpoint Choose(EndpointChoice choice, Func<string, string?> environment, ConfigFolder folder)
    {
        if (choice.Context.Length > 0 && choice.Host.Length > 0)
            throw new CliException("conflicting options: cannot specify both --host and --context");
        var name = NameOf(choice, environment, folder);
        if (name == ContextEntry.DefaultName) return Default(choice, environment, folder);
        var context = new ContextStore(folder).Get(name);
        var tls = context.Tls.IsEmpty && !context.SkipTlsVerify ? null
            : new ClientTls(context.Tls, Verify: !context.SkipTlsVerify);
        return new Endpoint(context) { Tls = tls };
    }

    /// <summary>The context that holds here, whether or not there is one of that name.</summary>
    public static string NameOf(EndpointChoice choice, Func<string, string?> environment, ConfigFolder folder)
    {
        if (choice.Context.Length > 0) return choice.Context;
        if (choice.Host.Length > 0 || Variables.Find(environment, "HOST") is not null) return ContextEntry.DefaultName;
        return Variables.Find(environment, "CONTEXT")
            ?? (folder.File.CurrentContext is { Length: > 0 } current ? current : ContextEntry.DefaultName);
    }

    /// <summary>The context of no name: what flags and environment say.</summary>
    public static Endpoint Default(EndpointChoice choice, Func<string, string?> environment, ConfigFolder folder)
    {
        var host = choice.Host.Length > 0 ? choice.Host : Variables.Find(environment, "HOST") ?? DaemonAddress.Default;
        var verify = choice.TlsVerify ?? Variables.Find(environment, "TLS_VERIFY") is not null;
        var wanted = verify || choice.Tls || choice.TlsVerify is not null
            || Variables.Find(environment, "TLS") is not null;
        var files = wanted ? Files(choice, Variables.Find(environment, "CERT_PATH") ?? folder.Path) : TlsFiles.None;
        return new Endpoint(new ContextEntry(ContextEntry.DefaultName) { Host = host, Tls = files })
        {
            Tls = wanted ? new ClientTls(files, verify) : null,
        };
    }

    /// <summary>What a flag names must be there; what lies in the usual place may.</summary>
    private static TlsFiles Files(EndpointChoice choice, string folder)
    {
        var usual = TlsFiles.Read(folder);
        return new TlsFiles(
            Named(choice.CaFile) ?? usual.Ca, Named(choice.CertificateFile) ?? usual.Certificate,
            Named(choice.KeyFile) ?? usual.Key);
    }

    private static byte[]? Named(string path)
    {
        if (path.Length == 0) return null;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"cannot read {path}, named for TLS: {e.Message}", e);
        }
    }
}
