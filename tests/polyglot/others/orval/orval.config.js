// What orval writes, and how it is called: functions over fetch, which encode what they put into a path.
export default {
  video: {
    input: process.env.SPEC,
    output: {
      client: 'fetch',
      target: 'client.ts',
      baseUrl: 'http://127.0.0.1:4010',
      urlEncodeParameters: true,
    },
  },
};
