namespace Orchestrator.Cli.Commands;

/// <summary>The question before something is destroyed.</summary>
internal static class Confirm
{
    /// <summary>True on <c>y</c> or <c>yes</c>; the end of input is a no.</summary>
    public static bool Ask(Session session, string warning)
    {
        session.Out.Write($"WARNING! {warning}\nAre you sure you want to continue? [y/N] ");
        session.Out.Flush();
        using var reader = new StreamReader(session.Input, leaveOpen: true);
        return reader.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
