using System.Text;
using Orchestrator.Linux.Io;

namespace Orchestrator.Cli.Commands.Registries;

/// <summary>Questions to whoever sits at the terminal.</summary>
internal static class Prompt
{
    public static string Ask(Session session, string question)
    {
        session.Out.Write(question);
        session.Out.Flush();
        return ReadLine(session.Input);
    }

    /// <summary>As <see cref="Ask"/>, with what is typed kept from the screen.</summary>
    public static string AskHidden(Session session, string question)
    {
        if (!session.InputIsTerminal) return Ask(session, question);
        // Before the question: who answers it at once, as programs do, is not shown either.
        var before = TerminalCalls.HideInput(0);
        try
        {
            return Ask(session, question);
        }
        finally
        {
            TerminalCalls.Restore(0, before);
            session.Out.WriteLine();
        }
    }

    /// <summary>Byte by byte: what comes after the line is for whoever reads next.</summary>
    private static string ReadLine(Stream input)
    {
        var line = new List<byte>();
        for (int c; (c = input.ReadByte()) is not (-1 or '\n');) line.Add((byte)c);
        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }
}
