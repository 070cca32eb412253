namespace Orchestrator.Build.Copying;

/// <summary>What <c>--chmod</c> asks for: octal digits, or chmod(1)'s words as in <c>u=rwX,go=rX</c>.</summary>
internal sealed class ModeChange
{
    private readonly List<Func<uint, bool, uint>> steps = [];

    /// <exception cref="FormatException">Neither.</exception>
    public static ModeChange Parse(string text)
    {
        var change = new ModeChange();
        if (text.Length is > 0 and <= 5 && text.All(c => c is >= '0' and <= '7') && Convert.ToUInt32(text, 8) <= 0xFFF)
        {
            var mode = Convert.ToUInt32(text, 8);
            change.steps.Add((_, _) => mode);
            return change;
        }

        foreach (var clause in text.Split(','))
            change.AddClause(clause, text);
        return change;
    }

    /// <param name="mode">The twelve permission bits.</param>
    public uint Apply(uint mode, bool isFolder) => steps.Aggregate(mode, (now, step) => step(now, isFolder));

    private void AddClause(string clause, string whole)
    {
        var at = clause.IndexOfAny(['+', '-', '=']);
        if (at < 0 || clause[..at].Any(c => c is not ('u' or 'g' or 'o' or 'a')))
            throw Bad(whole);
        var who = at == 0 || clause[..at].Contains('a') ? "ugo" : clause[..at];
        while (at < clause.Length)
        {
            var end = clause.IndexOfAny(['+', '-', '='], at + 1);
            var (sign, words) = (clause[at], clause[(at + 1)..(end < 0 ? clause.Length : end)]);
            if (words.Any(c => c is not ('r' or 'w' or 'x' or 'X' or 's' or 't' or 'u' or 'g' or 'o')))
                throw Bad(whole);
            steps.Add((mode, isFolder) => Step(mode, isFolder, who, sign, words));
            at = end < 0 ? clause.Length : end;
        }
    }

    private static uint Step(uint mode, bool isFolder, string who, char sign, string words)
    {
        var bits = who.Aggregate(0u, (all, person) => all | Bits(mode, isFolder, person, words));
        var span = who.Aggregate(0u, (all, person) => all | Span(person));
        return sign switch
        {
            '+' => mode | bits,
            '-' => mode & ~bits,
            _ => (mode & ~span) | bits,
        };
    }

    private static uint Bits(uint mode, bool isFolder, char person, string words)
    {
        var shift = person switch { 'u' => 6, 'g' => 3, _ => 0 };
        uint bits = 0;
        foreach (var word in words)
        {
            bits |= word switch
            {
                'r' => 4u << shift,
                'w' => 2u << shift,
                'x' => 1u << shift,
                'X' => isFolder || (mode & 0x49) != 0 ? 1u << shift : 0,
                's' => person == 'u' ? 0x800u : person == 'g' ? 0x400u : 0,
                't' => 0x200u,
                'u' => ((mode >> 6) & 7) << shift,
                'g' => ((mode >> 3) & 7) << shift,
                _ => (mode & 7) << shift,
            };
        }

        return bits;
    }

    private static uint Span(char person) => person switch
    {
        'u' => 0x9C0,
        'g' => 0x438,
        _ => 0x207,
    };

    private static FormatException Bad(string text) => new(
        $"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777, or words as in u=rwX,go=rX");
}
