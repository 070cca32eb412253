using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Collects the list a word splits into: plain blanks part words, quoted ones do not.</summary>
internal sealed class WordSplit
{
    private readonly List<string> words = [];
    private readonly StringBuilder word = new();

    public void Add(char c)
    {
        if (!char.IsWhiteSpace(c)) word.Append(c);
        else End();
    }

    public void Add(string text)
    {
        foreach (var c in text) Add(c);
    }

    public void AddQuoted(string text) => word.Append(text);

    public List<string> ToList()
    {
        End();
        return words;
    }

    private void End()
    {
        if (word.Length == 0) return;
        words.Add(word.ToString());
        word.Clear();
    }
}
