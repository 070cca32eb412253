using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

/// <summary><c>network route</c>, <c>rule</c> and <c>tc</c>: a command of iproute2, inside a container.</summary>
internal sealed class NetworkWords(string what, string[] examples) : Command
{
    public override string Usage => $"CONTAINER {(what == "tc" ? "qdisc|class|filter COMMAND" : "COMMAND")} [ARG...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override string[] Examples => examples;

    public override int Run(Session session, List<string> args)
    {
        var answer = session.Client.Post(
            $"/containers/{Escape(args[0])}/network/{what}", new NetworkWordsRequest { Words = [.. args.Skip(1)] },
            ApiJson.Wire.NetworkWordsRequest, ApiJson.Wire.NetworkWordsResponse);
        session.Out.Write(answer.Output);
        return 0;
    }
}
