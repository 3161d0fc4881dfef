internal static class ResourceSnapshotExtensions
{
    /// <summary>Whether the resource could not be started, or ended with an error.</summary>
    public static bool HasFailed(this CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart || (snapshot.State?.Text == KnownResourceStates.Finished && snapshot.ExitCode is not (null or 0));
}
