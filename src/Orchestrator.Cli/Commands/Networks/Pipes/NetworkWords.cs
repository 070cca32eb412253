using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

/// <summary><c>network route</c>, <c>rule</c> and <c>tc</c>: a command of iproute2, inside a container.</summary>
internal sealed class NetworkWords : Command
{
    private readonly string _what;
    private readonly string[] _examples;
    private readonly BoolFlag _once;

    public NetworkWords(string what, string[] examples)
    {
        (_what, _examples) = (what, examples);
        _once = Flags.Bool("once", null, "Do not make it again when the container restarts or somebody undoes it");
    }

    public override string Usage => $"[OPTIONS] CONTAINER {(_what == "tc" ? "qdisc|class|filter COMMAND" : "COMMAND")} [ARG...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override string[] Examples => _examples;

    public override int Run(Session session, List<string> args)
    {
        var answer = session.Client.Post(
            $"/containers/{Escape(args[0])}/network/{_what}", new NetworkWordsRequest { Words = [.. args.Skip(1)], Once = _once },
            ApiJson.Wire.NetworkWordsRequest, ApiJson.Wire.NetworkWordsResponse);
        session.Out.Write(answer.Output);
        return 0;
    }
}
