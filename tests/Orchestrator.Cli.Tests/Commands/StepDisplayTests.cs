using Orchestrator.Cli.Commands.Builds;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class StepDisplayTests
{
    [Fact]
    public void A_step_that_is_done_is_one_line()
    {
        Assert.Equal("""
            Step 1/2 : FROM a CACHED
            Step 2/2 : RUN make 0.0s
            Successfully built abc

            """, Screen("Step 1/2 : FROM a\n ---> Using cache\nStep 2/2 : RUN make\n ---> Running in x\n",
            string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n")), " ---> abc\nSuccessfully built abc\n"));
    }

    [Fact]
    public void All_that_a_failed_step_printed_stays()
    {
        var lines = Enumerable.Range(1, 20).Select(i => $"line {i}").ToList();

        var screen = Screen(finished: false, "Step 1/1 : RUN make\n", string.Join('\n', lines));

        Assert.Equal("Step 1/1 : RUN make\n" + string.Join('\n', lines) + "\n", screen);
    }

    [Fact]
    public void Output_that_plays_with_the_terminal_takes_one_row_a_line() =>
        Assert.Equal("Step 1/1 : RUN x 0.0s\n", Screen("Step 1/1 : RUN x\n", "\x1b[2J\x1b[5Ahidden\rover\n", new string('y', 200) + "\n"));

    private static string Screen(params string[] pieces) => Screen(finished: true, pieces);

    /// <summary>What a terminal of 80 columns shows in the end.</summary>
    private static string Screen(bool finished, params string[] pieces)
    {
        var written = new StringWriter();
        using (var display = new StepDisplay(written, 80, new Frozen()))
        {
            foreach (var piece in pieces) display.Write(piece);
            if (finished) display.Finish();
        }
        var rows = new List<string> { "" };
        var row = 0;
        var text = written.ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                if (++row == rows.Count) rows.Add("");
            }
            else if (text[i] == '\x1b')
            {
                var end = text.AsSpan(i + 2).IndexOfAnyInRange('A', 'z') + i + 2;
                var count = int.Parse(text[(i + 2)..end]);
                if (text[end] == 'A') row -= count;
                else if (text[end] == 'J') rows.RemoveRange(row + 1, rows.Count - row - 1);
                if (text[end] is 'J' or 'K') rows[row] = "";
                i = end;
            }
            else if (text[i] != '\r') rows[row] += text[i];
        }
        return string.Join('\n', rows);
    }

    private sealed class Frozen : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
