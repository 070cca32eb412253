using Orchestrator.Cli.Commands.Services;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Nodes;

internal sealed class NodeUpdate : Command
{
    private readonly ListEdit _labels;
    private readonly ValueFlag<string> _availability;
    private readonly ValueFlag<string> _role;

    public NodeUpdate()
    {
        _availability = Flags.String("availability", null, "active, pause (no new tasks) or drain (no tasks)");
        _labels = new ListEdit(Flags, isUpdate: true, "label", null, "Label of the node, key=value");
        _role = Flags.String("role", null, "worker or manager");
    }

    public override string Usage => "[OPTIONS] NODE";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
        ["orch node update --availability drain node3", "orch node update --label-add zone=b node3"];

    public override int Run(Session session, List<string> args)
    {
        var node = NodeReference.Get(session, args[0]);
        if (_availability.IsSet) node.Spec.Availability = PolicyFlags.OneOf(_availability, "active", "pause", "drain");
        if (_role.IsSet) node.Spec.Role = PolicyFlags.OneOf(_role, "worker", "manager");
        foreach (var key in _labels.Removed.Where(key => node.Spec.Labels?.ContainsKey(key) != true))
            throw new CliException($"key {key} doesn't exist in node's labels");
        node.Spec.Labels = _labels.Apply(node.Spec.Labels);
        NodeReference.Update(session, node);
        session.Out.WriteLine(args[0]);
        return 0;
    }
}
