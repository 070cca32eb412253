namespace Orchestrator.Build.Syntax.Parsing;

internal sealed partial class WordReader
{
    private (string Text, bool IsVariable)? Dollar()
    {
        at++;
        if (Peek() != '{') return (Plain(), true);
        at++;
        return (Braced(), true);
    }

    private string Plain()
    {
        var name = Name();
        return name.Length == 0 ? "$" : lookup(name) ?? (KeepUnset ? "$" + name : "");
    }

    private string Braced()
    {
        if (AtEnd) throw MissingBrace();
        if (Peek() is '{' or '}' or ':') throw new FormatException("syntax error: bad substitution");
        var name = Name();
        if (AtEnd) throw MissingBrace();
        return Next() switch
        {
            '}' => lookup(name) ?? (KeepUnset ? $"${{{name}}}" : ""),
            ':' => Modified(name, Next(), emptyIsUnset: true),
            '/' => Replaced(name),
            var modifier => Modified(name, modifier, emptyIsUnset: false),
        };
    }

    private string Modified(string name, char modifier, bool emptyIsUnset)
    {
        var isTrim = modifier is '#' or '%';
        var shown = emptyIsUnset ? $":{modifier}" : modifier.ToString();
        if (modifier is not ('-' or '+' or '?' or '#' or '%') || (emptyIsUnset && isTrim))
            throw new FormatException($"unsupported modifier ({shown}) in substitution");

        var word = WordTo('}', isTrim, MissingBrace);
        var value = lookup(name);
        if (value is null && KeepUnset) return $"${{{name}{shown}{word}}}";
        var isMissing = value is null || (emptyIsUnset && value.Length == 0);
        return modifier switch
        {
            '-' => isMissing ? word : value!,
            '+' => isMissing ? "" : word,
            '?' when isMissing => throw new FormatException($"{name}: " + (word.Length > 0 ? word
                : value is null ? "is not allowed to be unset" : "is not allowed to be empty")),
            '?' => value!,
            _ => Trimmed(value ?? "", word, modifier),
        };
    }

    private static string Trimmed(string value, string word, char modifier)
    {
        var longest = word.StartsWith(modifier);
        var pattern = ShellPattern.Parse(longest ? word[1..] : word);
        return modifier == '#' ? pattern.WithoutPrefix(value, longest) : pattern.WithoutSuffix(value, longest);
    }

    private string Replaced(string name)
    {
        var all = Peek() == '/';
        if (all) at++;
        var pattern = WordTo('/', keepEscapes: true, () => new FormatException("syntax error: missing '/' in ${}"));
        var replacement = WordTo('}', keepEscapes: true, MissingBrace);
        var value = lookup(name);
        if (value is null && KeepUnset) return $"${{{name}/{(all ? "/" : "")}{pattern}/{replacement}}}";
        return ShellPattern.Parse(pattern).Replace(value ?? "", replacement, all);
    }

    private string WordTo(char stop, bool keepEscapes, Func<FormatException> atEnd)
    {
        try
        {
            return ReadTo(stop, keepEscapes).Text;
        }
        catch (FormatException) when (AtEnd)
        {
            throw atEnd();
        }
    }

    /// <summary>Letters, digits and underscores; digits alone; or one of the shell's special parameters.</summary>
    private string Name()
    {
        var start = at;
        if (char.IsDigit(Peek()))
        {
            while (char.IsDigit(Peek())) at++;
            return source[start..at];
        }
        if (Peek() is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            at++;
            return source[start..at];
        }
        while (char.IsLetterOrDigit(Peek()) || Peek() == '_') at++;
        return source[start..at];
    }

    private static FormatException MissingBrace() => new("syntax error: missing '}'");
}
