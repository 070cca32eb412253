using System.Text;

namespace Orchestrator.Cli.Output;

/// <summary>Columns as docker lays them out: each as wide as its widest cell plus 3 spaces, 10 at least.</summary>
internal sealed class TableWriter
{
    private const int Padding = 3;

    public int MinWidth { get; init; } = 10;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; tabs part the cells.</summary>
    public void Add(string line) => _rows.Add(line.Split('\t'));

    public void Add(params string[] cells) => _rows.Add(cells);

    public void WriteTo(TextWriter writer)
    {
        var widths = Widths();
        var line = new StringBuilder();
        foreach (var row in _rows)
        {
            line.Clear();
            for (var i = 0; i < row.Length; i++)
            {
                line.Append(row[i]);
                if (i < row.Length - 1) line.Append(' ', widths[i] - Length(row[i]));
            }
            writer.Write(line.Append('\n'));
        }
    }

    private int[] Widths()
    {
        var widths = new int[_rows.Count == 0 ? 0 : _rows.Max(static row => row.Length)];
        foreach (var row in _rows)
            for (var i = 0; i < row.Length - 1; i++)
                widths[i] = Math.Max(widths[i], Math.Max(MinWidth, Length(row[i]) + Padding));
        return widths;
    }

    /// <summary>Characters, not UTF-16 units.</summary>
    private static int Length(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }
}
