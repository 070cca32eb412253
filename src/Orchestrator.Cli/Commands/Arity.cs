namespace Orchestrator.Cli.Commands;

/// <summary>How many arguments a command takes, and docker's words when it gets another number.</summary>
internal readonly record struct Arity(int Min, int Max)
{
    public static Arity None => new(0, 0);

    public static Arity Any => new(0, int.MaxValue);

    public static Arity Exactly(int count) => new(count, count);

    public static Arity Between(int least, int most) => new(least, most);

    public static Arity AtLeast(int count) => new(count, int.MaxValue);

    public static Arity AtMost(int count) => new(0, count);

    /// <summary>Null when the number is right.</summary>
    public string? Fault(int count)
    {
        if (count >= Min && count <= Max) return null;
        if (Max == 0) return "accepts no arguments";
        if (Min == Max) return $"requires {Plural(Min)}";
        if (Max == int.MaxValue) return $"requires at least {Plural(Min)}";
        return Min == 0 ? $"accepts at most {Plural(Max)}" : $"requires at least {Min} and at most {Plural(Max)}";
    }

    private static string Plural(int count) => count == 1 ? "1 argument" : $"{count} arguments";
}
