using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Payloads;

/// <summary>Labels alone: what is in a secret or config never changes.</summary>
internal sealed class PayloadUpdate : Command
{
    private readonly PayloadWords _words;
    private readonly ListEdit _labels;

    public PayloadUpdate(PayloadWords words)
    {
        _words = words;
        _labels = new ListEdit(Flags, isUpdate: true, "label", null, $"Label of the {words.Noun}, key=value");
    }

    public override string Usage => $"[OPTIONS] {_words.Argument}";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var found = session.Client.Get($"{_words.Path}/{Escape(args[0])}", ApiJson.Wire.Secret);
        found.Spec.Labels = _labels.Apply(found.Spec.Labels);
        session.Client.Post(
            $"{_words.Path}/{found.ID}/update?version={found.Version.Index}", found.Spec, ApiJson.Wire.SecretSpec);
        session.Out.WriteLine(args[0]);
        return 0;
    }
}
