namespace Orchestrator.Images.Distribution;

/// <summary>Lets at most ten progress lines a second through, and always the last.</summary>
internal sealed class ProgressPacer(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long? last;

    public void Report(IProgress<ImageProgress>? progress, ImageProgress line, bool isLast)
    {
        if (progress is null || (!isLast && last is { } then && time.GetElapsedTime(then) < Interval))
            return;
        last = time.GetTimestamp();
        progress.Report(line);
    }
}
