using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>The part of Go's templates that people write behind <c>--format</c>.</summary>
/// <remarks>
/// Fields, pipelines, brackets, variables, if, with, range, white-space trimming, and the functions of
/// <see cref="TemplateFunctions"/>. Not: define, template, block, method calls with brackets.
/// </remarks>
internal sealed class Template
{
    private readonly List<TemplateNode> _nodes;

    private Template(List<TemplateNode> nodes) => _nodes = nodes;

    /// <exception cref="TemplateException">Not a template, or more of Go's than is known here.</exception>
    public static Template Parse(string text) => new(new TemplateParser(TemplateLexer.Split(text)).ParseAll());

    /// <summary>The text for one piece of data: a string, a number, a JsonElement, an ITemplateObject.</summary>
    public string Render(object? data)
    {
        var output = new StringBuilder();
        var scope = new Dictionary<string, object?>(StringComparer.Ordinal) { ["$"] = data };
        Run(_nodes, data, scope, output);
        return output.ToString();
    }

    private static void Run(
        List<TemplateNode> nodes, object? dot, Dictionary<string, object?> scope, StringBuilder output)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text:
                    output.Append(text.Text);
                    break;
                case PrintNode print:
                    output.Append(TemplateValues.Print(Evaluate(print.Value, dot, scope)));
                    break;
                case AssignNode assign:
                    scope[assign.Variable] = Evaluate(assign.Value, dot, scope);
                    break;
                case IfNode branch:
                    var chosen = TemplateValues.IsTrue(Evaluate(branch.Condition, dot, scope))
                        ? branch.Then : branch.Else;
                    Run(chosen, dot, scope, output);
                    break;
                case WithNode with:
                    var value = Evaluate(with.Value, dot, scope);
                    if (TemplateValues.IsTrue(value)) Run(with.Then, value, scope, output);
                    else Run(with.Else, dot, scope, output);
                    break;
                case RangeNode range:
                    RunRange(range, dot, scope, output);
                    break;
            }
        }
    }

    private static void RunRange(
        RangeNode range, object? dot, Dictionary<string, object?> scope, StringBuilder output)
    {
        var any = false;
        foreach (var (key, item) in TemplateValues.Items(Evaluate(range.Over, dot, scope)))
        {
            any = true;
            if (range.Key is not null) scope[range.Key] = key;
            if (range.Item is not null) scope[range.Item] = item;
            Run(range.Body, item, scope, output);
        }
        if (!any) Run(range.Else, dot, scope, output);
    }

    private static object? Evaluate(Pipeline pipeline, object? dot, Dictionary<string, object?> scope)
    {
        object? result = null;
        for (var i = 0; i < pipeline.Commands.Count; i++)
        {
            var words = pipeline.Commands[i].Words;
            var arguments = words.Skip(1).Select(word => Evaluate(word, dot, scope)).ToList();
            if (i > 0) arguments.Add(result);
            result = words[0] switch
            {
                FunctionName function => TemplateFunctions.Call(function.Name, arguments),
                FieldPath path => Follow(path, dot, scope, arguments),
                var operand when arguments.Count == 0 => Evaluate(operand, dot, scope),
                _ => throw new TemplateException("can't give argument to non-function"),
            };
        }
        return result;
    }

    private static object? Evaluate(Operand operand, object? dot, Dictionary<string, object?> scope) => operand switch
    {
        Literal literal => literal.Value,
        FieldPath path => Follow(path, dot, scope, []),
        Nested nested => TemplateValues.Follow(Evaluate(nested.Inner, dot, scope), nested.Path, []),
        FunctionName function => TemplateFunctions.Call(function.Name, []),
        _ => throw new TemplateException($"cannot evaluate {operand}"),
    };

    private static object? Follow(
        FieldPath path, object? dot, Dictionary<string, object?> scope, List<object?> arguments)
    {
        var start = dot;
        if (path.Variable is { } name && !scope.TryGetValue(name, out start))
            throw new TemplateException($"undefined variable \"{name}\"");
        return TemplateValues.Follow(start, path.Path, [.. arguments.Select(TemplateValues.Print)]);
    }
}
