namespace Orchestrator.Cli.Output.Templates;

/// <summary>The values of pipelines, and the variables that hold some of them.</summary>
internal sealed class Evaluation(TemplateFunctionSet functions)
{
    /// <summary>There is no value from the command before.</summary>
    private static readonly object Nothing = new();

    /// <summary>What is being looked at, for errors.</summary>
    public TemplatePart At { get; set; } = new TextNode(0, "");

    /// <summary>The latest is the last; one of the same name hides those before it.</summary>
    public List<KeyValuePair<string, object?>> Variables { get; set; } = [];

    /// <summary>How many variables there are; set back where a block ends.</summary>
    public int Scope
    {
        get => Variables.Count;
        set => Variables.RemoveRange(value, Variables.Count - value);
    }

    public void Set(string name, object? value, bool isNew)
    {
        if (isNew)
        {
            Variables.Add(new(name, value));
            return;
        }
        var at = Variables.FindLastIndex(v => v.Key == name);
        if (at < 0) throw new TemplateFault($"undefined variable: {name}");
        Variables[at] = new(name, value);
    }

    public object? Of(Pipeline pipeline, object? dot)
    {
        At = pipeline;
        var value = Nothing;
        foreach (var command in pipeline.Commands) value = Of(command, dot, value);
        foreach (var name in pipeline.Variables) Set(name, value, pipeline.IsDeclaration);
        return value;
    }

    /// <param name="last">The value that the bar before it hands over, its last argument.</param>
    private object? Of(TemplateCommand command, object? dot, object? last)
    {
        var (first, arguments) = (command.Words[0], command.Words[1..]);
        switch (first)
        {
            case FunctionOperand function:
                return Call(function, command, arguments, dot, last);
            case FieldOperand or ChainOperand or VariableOperand { Path.Length: > 0 }:
                return Fields(first, dot, arguments, last);
            case Pipeline inner:
                TakesNone(first, arguments, last);
                return Of(inner, dot);
        }
        At = first;
        TakesNone(first, arguments, last);
        return first is NilOperand ? throw new TemplateFault("nil is not a command") : Of(first, dot);
    }

    private static void TakesNone(Operand operand, List<Operand> arguments, object? last)
    {
        if (arguments.Count > 0 || last != Nothing)
            throw new TemplateFault($"can't give argument to non-function {operand}");
    }

    private object? Of(Operand operand, object? dot)
    {
        At = operand;
        return operand switch
        {
            Literal literal => literal.Value,
            NilOperand => null,
            DotOperand => dot,
            Pipeline inner => Of(inner, dot),
            FunctionOperand function => Call(function, function, [], dot, Nothing),
            VariableOperand { Path.Length: 0 } variable => Variable(variable.Name),
            _ => Fields(operand, dot, [], Nothing),
        };
    }

    private object? Variable(string name) => Variables.FindLast(v => v.Key == name).Value;

    /// <summary>Follows the fields of an operand; arguments go to the last of them.</summary>
    private object? Fields(Operand operand, object? dot, List<Operand> arguments, object? last)
    {
        At = operand;
        var (value, path) = operand switch
        {
            FieldOperand field => (dot, field.Path),
            VariableOperand variable => (Variable(variable.Name), variable.Path),
            ChainOperand { Inner: NilOperand } =>
                throw new TemplateFault($"indirection through explicit nil in {operand}"),
            ChainOperand chain => (Of(chain.Inner, dot), chain.Path),
            _ => throw new TemplateFault($"can't evaluate command {Text.Quote(operand.ToString())}"),
        };
        for (var i = 0; i < path.Length - 1; i++) value = TemplateValues.Field(value, path[i], []);
        List<object?> given = [.. arguments.Select(word => Of(word, dot))];
        if (last != Nothing) given.Add(last);
        if (given.Count > 0) At = operand;
        return TemplateValues.Field(value, path[^1], given);
    }

    private object? Call(FunctionOperand name, TemplatePart command, List<Operand> words, object? dot, object? last)
    {
        At = name;
        var function = functions[name.Name];
        function.CheckCount(words.Count + (last == Nothing ? 0 : 1));
        if (function.StopsAt is { } stop) return Shortcut(stop, words, dot, last);
        List<object?> arguments = [.. words.Select((word, i) => Argument(word, function.KindOf(i), dot))];
        if (last != Nothing) arguments.Add(function.KindOf(arguments.Count).Check(last));
        try
        {
            return function.Body(arguments, words);
        }
        catch (TemplateFault fault)
        {
            At = command;
            throw new TemplateFault($"error calling {name.Name}: {fault.Message}");
        }
    }

    /// <summary><c>and</c> and <c>or</c>: what comes behind the one that decides is not looked at.</summary>
    private object? Shortcut(bool stop, List<Operand> words, object? dot, object? last)
    {
        object? value = null;
        foreach (var word in words)
        {
            value = Of(word, dot);
            if (TemplateValues.IsTrue(value) == stop) return value;
        }
        return last == Nothing ? value : last;
    }

    private object? Argument(Operand word, ParameterKind kind, object? dot)
    {
        At = word;
        return word switch
        {
            Literal literal => kind.CheckLiteral(literal),
            NilOperand => kind.CanBeNil ? null : throw new TemplateFault($"cannot assign nil to {kind.GoName}"),
            _ => kind.Check(Of(word, dot)),
        };
    }
}
