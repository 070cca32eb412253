using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>One rendering: walks the nodes and writes.</summary>
internal sealed class TemplateRun(
    Dictionary<string, List<TemplateNode>> templates, TemplateFunctionSet functions)
{
    private const int MaxDepth = 1000; // Go's is 100 000; the stack here is smaller.

    private readonly StringBuilder _output = new();
    private readonly Evaluation _evaluation = new(functions);
    private int _depth;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The part that was looked at last.</summary>
    public TemplatePart At => _evaluation.At;

    /// <summary>Of the template that is being walked; the whole has none.</summary>
    public string Name { get; private set; } = "";

    /// <summary>All that was written so far.</summary>
    public string Rendered => _output.ToString();

    /// <exception cref="TemplateFault">It went wrong at <see cref="At"/>.</exception>
    public string Render(object? data)
    {
        _evaluation.Variables = [new("$", data)];
        Walk(templates[""], data);
        return Rendered;
    }

    private Flow Walk(List<TemplateNode> nodes, object? dot)
    {
        foreach (var node in nodes)
        {
            _evaluation.At = node;
            var flow = Walk(node, dot);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }

    private Flow Walk(TemplateNode node, object? dot)
    {
        switch (node)
        {
            case TextNode text:
                _output.Append(text.Text);
                return Flow.Next;
            case ActionNode action:
                var value = _evaluation.Of(action.Value, dot);
                if (action.Value.Variables.Count == 0) _output.Append(TemplateValues.PrintAlone(value));
                return Flow.Next;
            case IfNode branch:
                return Branch(branch.Condition, branch.Then, branch.Else, dot, takesDot: false);
            case WithNode with:
                return Branch(with.Value, with.Then, with.Else, dot, takesDot: true);
            case RangeNode range:
                return Range(range, dot);
            case CallNode call:
                Call(call, dot);
                return Flow.Next;
            default:
                return node is LeaveNode { IsBreak: true } ? Flow.Break : Flow.Continue;
        }
    }

    private Flow Branch(
        Pipeline condition, List<TemplateNode> then, List<TemplateNode> otherwise, object? dot, bool takesDot)
    {
        var scope = _evaluation.Scope;
        var value = _evaluation.Of(condition, dot);
        var flow = TemplateValues.IsTrue(value) ? Walk(then, takesDot ? value : dot) : Walk(otherwise, dot);
        _evaluation.Scope = scope;
        return flow;
    }

    private Flow Range(RangeNode range, object? dot)
    {
        var scope = _evaluation.Scope;
        var any = false;
        var flow = Flow.Next;
        var variables = range.Over.Variables;
        var isNew = range.Over.IsDeclaration;
        foreach (var (key, item) in TemplateValues.Items(_evaluation.Of(range.Over, dot)))
        {
            any = true;
            var inner = _evaluation.Scope;
            if (variables.Count > 0) _evaluation.Set(variables[^1], item, isNew);
            if (variables.Count > 1) _evaluation.Set(variables[0], key, isNew);
            flow = Walk(range.Body, item);
            _evaluation.Scope = inner;
            if (flow == Flow.Break) break;
        }
        flow = any ? Flow.Next : Walk(range.Else, dot);
        _evaluation.Scope = scope;
        return flow;
    }

    private void Call(CallNode call, object? dot)
    {
        if (!templates.TryGetValue(call.Name, out var nodes))
            throw new TemplateFault($"template {Text.Quote(call.Name)} not defined");
        if (_depth == MaxDepth) throw new TemplateFault($"exceeded maximum template depth ({MaxDepth})");
        var value = call.Value is null ? null : _evaluation.Of(call.Value, dot);
        var (variables, name) = (_evaluation.Variables, Name);
        (_evaluation.Variables, Name) = ([new("$", value)], call.Name);
        _depth++;
        Walk(nodes, value);
        _depth--;
        (_evaluation.Variables, Name) = (variables, name);
    }
}
