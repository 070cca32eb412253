using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

/// <summary>Changes a network of the cluster while services are on it. Not docker's.</summary>
internal sealed class NetworkUpdate : Command
{
    private readonly ListFlag _optionAdd;
    private readonly ListFlag _optionRemove;
    private readonly ListFlag _policyAdd;
    private readonly ListFlag _policyRemove;

    public NetworkUpdate()
    {
        _optionAdd = Flags.List("opt-add", null, "Set an option of the driver, key=value", "map");
        _optionRemove = Flags.List("opt-rm", null, "Remove an option of the driver");
        _policyAdd = Flags.List(
            "policy-add", null, "Let pass FROM:TO[:PORT[-PORT]][/PROTOCOL], and nothing that no rule has; none: no rule",
            "rule");
        _policyRemove = Flags.List("policy-rm", null, "Remove a rule; all: everything passes again", "rule");
    }

    public override string Usage => "[OPTIONS] NETWORK";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
        ["orch network update --policy-add web:db:5432/tcp back", "orch network update --policy-rm all back",
        "orch network update --opt-add bandwidth=50mbit back"];

    public override int Run(Session session, List<string> args)
    {
        var request = new NetworkUpdateRequest
        {
            PolicyAdd = [.. _policyAdd.Values],
            PolicyRemove = [.. _policyRemove.Values],
            Options = KeyValues.ToMap(_optionAdd.Values) ?? [],
            OptionsRemove = [.. _optionRemove.Values],
        };
        session.Client.Post(
            $"/orch/network/{Uri.EscapeDataString(args[0])}/update", request, ApiJson.Wire.NetworkUpdateRequest);
        session.Out.WriteLine(args[0]);
        return 0;
    }
}
