namespace Orchestrator.Engine.Running;

/// <summary>
/// Finds the key sequence that detaches a client from a terminal. What turns out not to be it is passed on.
/// </summary>
internal sealed class DetachKeys(ReadOnlyMemory<byte> sequence)
{
    private static readonly byte[] Default = [16, 17]; // Ctrl-P Ctrl-Q

    private int matched;

    /// <summary>
    /// Reads docker's notation: <c>ctrl-p,ctrl-q</c>, <c>ctrl-[</c>, <c>a</c>; empty for the default.
    /// </summary>
    public static DetachKeys Parse(string keys)
    {
        if (keys.Length == 0)
            return new DetachKeys(Default);
        return new DetachKeys(keys.Split(',').Select(key => Key(key, keys)).ToArray());
    }

    /// <summary>Takes input and gives what is to be passed on.</summary>
    /// <returns>True: the sequence is complete; what came after it is dropped.</returns>
    public bool Filter(ReadOnlySpan<byte> input, List<byte> passed)
    {
        foreach (var b in input)
        {
            while (b != sequence.Span[matched] && matched > 0)
                FallBack(passed);
            if (b != sequence.Span[matched])
                passed.Add(b);
            else if (++matched == sequence.Length)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Lets go of the oldest byte held back, and of more until the rest is a beginning of the sequence again.
    /// </summary>
    private void FallBack(List<byte> passed)
    {
        var held = sequence.Span[..matched];
        var keep = matched - 1;
        while (keep > 0 && !held[^keep..].SequenceEqual(sequence.Span[..keep]))
            keep--;
        passed.AddRange(held[..(matched - keep)]);
        matched = keep;
    }

    private static byte Key(string key, string all)
    {
        if (key.Length == 1)
            return (byte)key[0];
        if (key.Length == 6 && key.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase))
        {
            var c = char.ToLowerInvariant(key[5]);
            if (c is >= 'a' and <= 'z')
                return (byte)(c - 'a' + 1);
            if ("@[\\]^_".IndexOf(c) is var at and >= 0)
                return at == 0 ? (byte)0 : (byte)(26 + at);
        }

        throw EngineException.Invalid($"invalid detach keys ({all}) provided; write them like ctrl-p,ctrl-q");
    }
}

/// <summary>Streams of a terminal whose client can leave by a key sequence.</summary>
internal sealed class DetachableStreams(AttachedStreams inner, DetachKeys keys, Action? left) : AttachedStreams
{
    private readonly CancellationTokenSource detached = new();

    public override bool IsFramed => inner.IsFramed;

    /// <summary>The keys were typed: the program goes on.</summary>
    public bool IsDetached => detached.IsCancellationRequested;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, detached.Token);
        try
        {
            return await inner.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var passed = new List<byte>(bytes.Length);
        var leaves = keys.Filter(bytes.Span, passed);
        if (passed.Count > 0)
            await inner.WriteAsync(passed.ToArray(), cancellationToken);
        if (!leaves || detached.IsCancellationRequested)
            return;
        left?.Invoke();
        await detached.CancelAsync();
    }

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) =>
        inner.CloseInputAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        detached.Dispose();
    }
}
