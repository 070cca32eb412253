using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerLogs : Command
{
    private readonly LogFlags _flags;
    private readonly ValueFlag<string> _until;

    public ContainerLogs()
    {
        _flags = new LogFlags(Flags);
        _until = Flags.String("until", null, "Show what came before: a time, or an age such as 2m");
    }

    public override string Usage => "[OPTIONS] CONTAINER";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch logs -f --tail 20 web"];

    public override int Run(Session session, List<string> args)
    {
        var query = _flags.ToQuery(session.Time.GetUtcNow())
            .Add("until", Timestamps.ToWire(_until.Value, session.Time.GetUtcNow()));
        using var response = session.Client.Send("GET", $"/containers/{Escape(args[0])}/logs{query}");
        if (IsRaw(session, response, args[0])) Demultiplexer.CopyRaw(response.Body.Read, session.RawOutput);
        else Demultiplexer.Copy(response.Body.Read, session.RawOutput, session.RawError);
        return 0;
    }

    private static bool IsRaw(Session session, HttpResponse response, string name) => response.MediaType switch
    {
        StreamFrame.MultiplexedMediaType => false,
        StreamFrame.RawMediaType => true,
        _ => session.Client.Get($"/containers/{Escape(name)}/json", ApiJson.Wire.ContainerInspect).Config.Tty,
    };
}
