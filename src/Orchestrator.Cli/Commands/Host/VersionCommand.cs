using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

/// <summary><c>version</c>: this client's, then the daemon's.</summary>
internal sealed class VersionCommand : Command
{
    private readonly ValueFlag<string> _format;

    public VersionCommand() => _format = Flags.InspectFormat();

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        VersionInfo? server = null;
        CliException? unreachable = null;
        try
        {
            server = session.Client.Get("/version", ApiJson.Wire.VersionInfo);
        }
        catch (CliException e)
        {
            unreachable = e;
        }
        if (_format.Value.Length > 0) WriteFormatted(session, server);
        else WriteText(session, server);
        return unreachable is null ? 0 : throw unreachable;
    }

    private void WriteFormatted(Session session, VersionInfo? server)
    {
        var data = new TemplateFields(
            ("Client", new TemplateFields(
                ("Version", BuildInfo.Version), ("ApiVersion", ApiJson.ApiVersion),
                ("DefaultAPIVersion", ApiJson.ApiVersion), ("GitCommit", BuildInfo.Commit),
                ("GoVersion", RuntimeInformation.FrameworkDescription), ("Os", "linux"), ("Arch", Architecture),
                ("BuildTime", BuildInfo.Built), ("Context", session.Endpoint.Context.Name))),
            ("Server", server is null ? TypedJson.Nil : TypedJson.Of(
                JsonSerializer.SerializeToElement(server, ApiJson.Wire.VersionInfo), ApiJson.Wire.VersionInfo)));
        if (_format.Value == "json") session.Out.WriteLine(TemplateJson.Write(data));
        else OneObject.Write(session.Out, Template.Parse(_format.Value, "version"), data);
    }

    private static void WriteText(Session session, VersionInfo? server)
    {
        var o = session.Out;
        o.WriteLine("Client: orch");
        Field(o, 1, "Version:", BuildInfo.Version);
        Field(o, 1, "API version:", ApiJson.ApiVersion);
        Field(o, 1, "OS/Arch:", $"linux/{Architecture}");
        Field(o, 1, "Context:", session.Endpoint.Context.Name);
        if (server is null) return;

        o.WriteLine($"\nServer: {server.Platform.Name}".TrimEnd());
        o.WriteLine(" Engine:");
        Field(o, 2, "Version:", server.Version);
        Field(o, 2, "API version:", $"{server.ApiVersion} (minimum version {server.MinAPIVersion})");
        Field(o, 2, "Runtime:", server.GoVersion);
        Field(o, 2, "Git commit:", server.GitCommit);
        Field(o, 2, "Built:", server.BuildTime ?? "");
        Field(o, 2, "OS/Arch:", $"{server.Os}/{server.Arch}");
        Field(o, 2, "Kernel:", server.KernelVersion ?? "");
        foreach (var component in server.Components.Where(static c => c.Name != "Engine"))
        {
            o.WriteLine($" {component.Name}:");
            Field(o, 2, "Version:", component.Version);
            foreach (var (key, value) in component.Details ?? []) Field(o, 2, key + ":", value);
        }
    }

    private static string Architecture =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static void Field(TextWriter o, int indent, string name, string value)
    {
        if (value.Length > 0) o.WriteLine($"{new string(' ', indent)}{name.PadRight(19 - indent)}{value}");
    }
}
