namespace Orchestrator.Raft;

/// <summary>SplitMix64: one word of state, so a run is repeated from its seed alone.</summary>
public sealed class RaftRandom(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// 0 to <paramref name="bound"/> - 1. The bias of the modulus does not matter for bounds this small.
    /// </summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);
}
