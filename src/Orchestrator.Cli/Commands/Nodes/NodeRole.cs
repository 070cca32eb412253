namespace Orchestrator.Cli.Commands.Nodes;

/// <summary>promote and demote.</summary>
internal sealed class NodeRole(string role) : Command
{
    public override string Usage => "NODE [NODE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
    {
        var node = NodeReference.Get(session, name);
        if (node.Spec.Role == role) return $"Node {name} is already a {role}.";
        node.Spec.Role = role;
        NodeReference.Update(session, node);
        return role == "manager" ? $"Node {name} promoted to a manager in the swarm."
            : $"Manager {name} demoted in the swarm.";
    });
}
